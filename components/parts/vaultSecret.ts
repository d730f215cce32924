/** A secret in the key vault. */
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { azureScripts } from "./azureScripts";
import { lookUp } from "./lookUp";

/** Azure takes no more on a secret. */
export const secretTagLimit = 15;
/** Tags that the program itself puts on secrets: the first two on passwords, the third on others. */
export const ownSecretTags = ["generation", "issued", "written"];
/** How many tags a stack can have, given that they go on secrets too. */
export const stackTagLimit = secretTagLimit - 2;

/** Where a secret is kept. */
export interface SecretPlace {
  vault: {
    vaultId: pulumi.Input<string>;
    vaultName: pulumi.Input<string>;
    /** When the vault was made: another one of the same name has to be given the secret again. */
    created: pulumi.Input<string>;
    /** Tags of each secret. */
    tags: Record<string, string>;
  };
  secretName: pulumi.Input<string>;
}

export interface VaultSecretArgs {
  place: SecretPlace;
  /** Secret. */
  value: pulumi.Input<string>;
}

/** A secret as those see it who read it. */
export interface StoredSecret {
  /** `https://VAULT.vault.azure.net/secrets/NAME`, without a version, so that whoever follows it gets the newest. */
  url: pulumi.Output<string>;
  /** ARM id. */
  id: pulumi.Output<string>;
}

/**
 * A secret, written through the resource manager by a script. azure-native's own Secret refuses one that exists already,
 * and nobody has the right to delete one; so a secret stays until its vault goes, and whoever needs it again writes over it.
 */
export class VaultSecret extends pulumi.ComponentResource implements StoredSecret {
  public readonly url: pulumi.Output<string>;
  public readonly id: pulumi.Output<string>;

  constructor(name: string, args: VaultSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:VaultSecret", name, {}, opts);
    const written = new command.local.Command(
      name,
      {
        create: "node vaultSecret.cjs",
        ...azureScripts({ ...secretEnvironment(args.place), WRITTEN: this.written(args.place) }),
        // Not an argument and no variable, which other processes could see.
        stdin: pulumi.secret(args.value),
      },
      { parent: this, additionalSecretOutputs: ["stdin"] },
    );
    const { url, id } = storedBy(written, args.place);
    this.url = url;
    this.id = id;
    this.registerOutputs({ url, id });
  }

  /**
   * What the secret says of its writing, a tag. One that somebody deleted or wrote over says nothing, so that it gets
   * another moment, and with that is written again; the state alone would not know.
   */
  private written({ vault, secretName }: SecretPlace): pulumi.Output<string> {
    return pulumi
      .all([vault.vaultId, vault.vaultName, secretName])
      .apply(async ([vaultId, vaultName, secretName]) => {
        const resourceGroupName = vaultId.split("/")[4] ?? "";
        const place = { vaultName, resourceGroupName, secretName };
        const live = await lookUp(keyvault.getSecret(place, { parent: this }));
        return live?.tags?.["written"] ?? new Date().toISOString();
      });
  }
}

/** What a script that writes the secret is told. */
export const secretEnvironment = ({ vault, secretName }: SecretPlace) => ({
  VAULT_ID: vault.vaultId,
  VAULT_CREATED: vault.created,
  SECRET_NAME: secretName,
  TAGS: JSON.stringify(vault.tags),
});

/** The secret's addresses. They are known before it is written, but whoever uses them waits for that. */
export function storedBy(
  written: pulumi.Resource,
  { vault, secretName }: SecretPlace,
): StoredSecret {
  // A resource's URN is known in every preview, and carries the dependency.
  const after = <T>(value: pulumi.Input<T>): pulumi.Output<T> =>
    pulumi.all([value, written.urn]).apply(([known]) => known as T) as pulumi.Output<T>;
  return {
    url: after(
      pulumi.interpolate`https://${vault.vaultName}.vault.azure.net/secrets/${secretName}`,
    ),
    id: after(pulumi.interpolate`${vault.vaultId}/secrets/${secretName}`),
  };
}
