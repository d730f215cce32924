/** What the component tests build on: a vault and registries around the component under test. */
import * as pulumi from "@pulumi/pulumi";
import { BaseArtifacts } from "../../components/baseArtifacts";
import { SecretVault } from "../../components/parts/secretVault";
import { PublicSimulator } from "../../components/publicSimulator";

export const location = "westeurope";
export const baseImage = { name: "node", tag: "22-alpine" };
export const sourceOf = (name: string): { url: string; token: string } => ({
  url: `https://github.com/contoso/${name}.git#release`,
  token: "git-token",
});

export const makeVault = (): SecretVault =>
  new SecretVault("vault", { vaultName: "testvault", location });

export const makePublicSimulator = (vault: SecretVault): PublicSimulator =>
  new PublicSimulator("public", {
    registryName: "publicregistry",
    location,
    vault,
    source: sourceOf("base-image-node"),
    baseImage,
    upstream: {
      loginServer: "docker.io",
      userName: vault.storeSecret("registry-dockerhub-user", { value: "u" }),
      password: vault.storeSecret("registry-dockerhub-password", { value: pulumi.secret("p") }),
    },
  });

export const makeBaseArtifacts = (vault: SecretVault, from: PublicSimulator): BaseArtifacts =>
  new BaseArtifacts("base-artifacts", {
    registryName: "baseartifacts",
    location,
    vault,
    source: sourceOf("import-baseimage-node"),
    baseImage,
    public: from,
  });

/** The `--set` values of a task's inputs, by name. */
export function setValues(inputs: Record<string, unknown>): Record<string, string> {
  const { values } = inputs["step"] as { values: { name: string; value: string }[] };
  return Object.fromEntries(values.map(({ name, value }) => [name, value]));
}
