/** The components and what they are wired with, for this stack and for others. */
export { BaseArtifacts } from "./baseArtifacts";
export { conventions } from "./parts/conventions";
export { byName } from "./parts/firstRun";
export { namesOf } from "./parts/names";
export { oncePerName } from "./parts/oncePerName";
export { publicRegistries } from "./parts/publicRegistry";
export { ReferencedArtifacts, type ArtifactsForApps } from "./parts/referencedArtifacts";
export { Registry } from "./parts/registry";
export { SecretVault } from "./parts/secretVault";
export { PublicSimulator } from "./publicSimulator";
export { TeamApp } from "./teamApp";
