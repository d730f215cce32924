/** What the component tests build on: a vault and registries around the component under test. */
import * as pulumi from "@pulumi/pulumi";
import { BaseArtifacts, type ImportedImage } from "../../components/baseArtifacts";
import type { ImageSource } from "../../components/parts/imageSource";
import type { Platform } from "../../components/parts/platform";
import { publicRegistries } from "../../components/parts/publicRegistry";
import { SecretVault } from "../../components/parts/secretVault";
import { PublicSimulator } from "../../components/publicSimulator";

export const location = "westeurope";
export const node = { name: "node", repository: "node", tag: "22-alpine" };
export const sourceOf = (name: string): string => `https://github.com/contoso/${name}.git#release`;

export const makePlatform = (more: Partial<Platform> = {}): Platform => ({
  location,
  vault: new SecretVault("vault", { vaultName: "testvault", location }),
  gitToken: "git-token",
  registries: {},
  tokens: { validDays: 180 },
  tags: {},
  ...more,
});

export const makeUpstream = ({ vault }: Platform): ImageSource =>
  publicRegistries(vault, { "docker.io": { user: "u", password: pulumi.secret("p") } })(
    "docker.io",
  );

export const makePublicSimulator = (platform: Platform): PublicSimulator =>
  new PublicSimulator("public", {
    registryName: "publicregistry",
    platform,
    images: [{ ...node, source: sourceOf("base-image-node") }],
    upstream: makeUpstream(platform),
  });

/** @param images changes of the one image there is, or all of them */
export const makeBaseArtifacts = (
  platform: Platform,
  from: ImageSource,
  images: Partial<ImportedImage>[] = [{}],
): BaseArtifacts =>
  new BaseArtifacts("base-artifacts", {
    registryName: "baseartifacts",
    platform,
    images: images.map((more) => ({
      ...node,
      from,
      gate: sourceOf("import-baseimage-node"),
      reject: [],
      ...more,
    })),
  });

/** The `--set` values of a task's inputs, by name. */
export function setValues(inputs: Record<string, unknown>): Record<string, string> {
  const { values } = inputs["step"] as { values: { name: string; value: string }[] };
  return Object.fromEntries(values.map(({ name, value }) => [name, value]));
}

/** A task's login to a registry, as the task finds it in the vault. */
export const vaultLogin = (start: string): object => ({
  identity: "[system]",
  userName: {
    type: "Vaultsecret",
    value: `https://testvault.vault.azure.net/secrets/${start}-user`,
  },
  password: {
    type: "Vaultsecret",
    value: `https://testvault.vault.azure.net/secrets/${start}-password`,
  },
});
