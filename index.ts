/** The gated import of public images: what Microsoft's article builds by hand, as one stack. */
import * as random from "@pulumi/random";
import { BaseArtifacts } from "./components/baseArtifacts";
import { resourceNames } from "./components/parts/names";
import { SecretVault } from "./components/parts/secretVault";
import { PublicSimulator } from "./components/publicSimulator";
import { TeamApp } from "./components/teamApp";
import { readSettings } from "./settings";

const { location, namePrefix, baseImage, sources, app, dockerHub, gitToken } = readSettings();

// Names of registries and vaults are global to Azure, so each stack gets an ending of its own.
const suffix = new random.RandomString("suffix", { length: 6, upper: false, special: false });
const names = suffix.result.apply((ending) => resourceNames(namePrefix, app.name, ending));

const vault = new SecretVault("vault", { vaultName: names.vault, location });
const dockerHubCredential = {
  loginServer: "docker.io",
  userName: vault.storeSecret("registry-dockerhub-user", { value: dockerHub.user }),
  password: vault.storeSecret("registry-dockerhub-password", { value: dockerHub.password }),
};
vault.storeSecret("github-token", { value: gitToken });

// Stands in for Docker Hub, so that a change of a public image can be tried.
const publicSimulator = new PublicSimulator("public", {
  registryName: names.publicRegistry,
  location,
  vault,
  source: { url: sources.baseImageNode, token: gitToken },
  baseImage,
  upstream: dockerHubCredential,
});

// What the company trusts: only images that passed the gate get here.
const baseArtifacts = new BaseArtifacts("base-artifacts", {
  registryName: names.baseArtifactsRegistry,
  location,
  vault,
  source: { url: sources.importBaseimageNode, token: gitToken },
  baseImage,
  public: publicSimulator,
});

// What a team ships: built on a base image, deployed to a container instance.
const teamApp = new TeamApp(app.name, {
  registryName: names.teamRegistry,
  containerGroupName: names.containerGroup,
  location,
  vault,
  source: { url: sources.helloWorld, token: gitToken },
  baseImage,
  public: publicSimulator,
  baseArtifacts,
  gated: app.gated,
});

export const vaultName = vault.vaultName;
export const loginServers = {
  public: publicSimulator.loginServer,
  baseArtifacts: baseArtifacts.loginServer,
  team: teamApp.loginServer,
};
export const taskNames = {
  public: publicSimulator.taskName,
  baseArtifacts: baseArtifacts.taskName,
  team: teamApp.taskName,
};
export const firstRunIds = {
  public: publicSimulator.firstRunId,
  baseArtifacts: baseArtifacts.firstRunId,
  team: teamApp.firstRunId,
};
export const pageUrl = teamApp.pageUrl;
