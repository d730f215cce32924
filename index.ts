/** The gated import of public images: what Microsoft's article builds by hand, as one stack. */
import * as random from "@pulumi/random";
import * as gated from "./components";
import { readSettings, type BaseImageSettings } from "./settings";

const settings = readSettings();
const opts = gated.conventions(settings);

// Names of registries and vaults are global to Azure, so each stack gets an ending of its own.
const suffix = new random.RandomString("suffix", { length: 6, upper: false, special: false });
const names = gated.namesOf(settings.namePrefix, suffix.result);

const vault = new gated.SecretVault("vault", { vaultName: names.vault, ...settings.vault }, opts);
vault.storeSecret("github-token", { value: settings.gitToken });
const platform = { ...settings, vault };

// Public images come from real registries, or from one of our own in which a change can be tried.
const publicRegistry = gated.publicRegistries(vault, settings.publicLogins);
const publicSimulator =
  settings.simulatedImages.length > 0
    ? new gated.PublicSimulator(
        "public",
        {
          registryName: names.registry("public"),
          platform,
          images: settings.simulatedImages,
          upstream: publicRegistry("docker.io"),
        },
        opts,
      )
    : undefined;
const sourceOf = ({ registry }: BaseImageSettings) =>
  publicSimulator && !registry ? publicSimulator : publicRegistry(registry ?? "docker.io");

// What the company trusts: only images that passed the gate get here.
const baseArtifacts = new gated.BaseArtifacts(
  "base-artifacts",
  {
    registryName: names.registry("baseartifacts"),
    platform,
    images: settings.baseImages.map((image) => ({ ...image, from: sourceOf(image) })),
  },
  opts,
);

// What teams ship: apps built on base images, each deployed to a container instance.
const teamRegistry = gated.oncePerName((team) => {
  const registryName = names.registry(team);
  return new gated.Registry(`${team}-registry`, { registryName, platform }, opts);
});
const apps = settings.apps.map(
  ({ name, team, gated: isGated, ...app }) =>
    new gated.TeamApp(
      name,
      {
        ...app,
        registry: team ? teamRegistry(team) : names.registry(name),
        containerGroupName: names.containerGroup(name),
        platform,
        baseArtifacts,
        ungatedFrom: isGated ? undefined : sourceOf(app.baseImages[0]),
      },
      opts,
    ),
);

/** The tasks, and the run since which each watches. */
export const acrTasks = gated.byName([
  ...(publicSimulator?.tasks ?? []),
  ...baseArtifacts.tasks,
  ...apps.flatMap((app) => app.tasks),
]);
/** What apps in other stacks build on, see examples/team-stack. */
export const forApps = baseArtifacts.forApps;
export const keyVaultName = vault.vaultName;
// Pulumi shows outputs in the order of their names, so this comes last.
export const pageUrls = Object.fromEntries(apps.map(({ name, pageUrl }) => [name, pageUrl]));
