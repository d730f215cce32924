/** The key vault that holds every credential of the workflow. */
import * as authorization from "@pulumi/azure-native/authorization";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

export interface SecretVaultArgs {
  /** 3 to 24 letters, digits and hyphens, global to Azure. The resource group is called the same with `-rg`. */
  vaultName: pulumi.Input<string>;
  location: pulumi.Input<string>;
}

export interface VaultSecretArgs {
  /** Name in the vault; the logical name unless given. */
  secretName?: pulumi.Input<string>;
  value: pulumi.Input<string>;
}

/**
 * A key vault in a resource group of its own. Secrets are written through the resource manager, so whoever runs
 * `pulumi up` needs no right to read them; a task's identity gets `get` on secrets and nothing else.
 */
export class SecretVault extends pulumi.ComponentResource {
  public readonly vaultName: pulumi.Output<string>;
  public readonly resourceGroupName: pulumi.Output<string>;
  /** `https://NAME.vault.azure.net/` */
  public readonly vaultUri: pulumi.Output<string>;
  private readonly vault: keyvault.Vault;
  private readonly tenantId: pulumi.Output<string>;
  // A vault refuses two changes at a time (ConflictError, pulumi-azure-native issue 1013), so each waits for the last.
  private lastChange: pulumi.Resource;

  constructor(name: string, args: SecretVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:SecretVault", name, {}, opts);

    this.tenantId = authorization.getClientConfigOutput({ parent: this }).tenantId;
    const group = new resources.ResourceGroup(
      `${name}-rg`,
      { resourceGroupName: pulumi.interpolate`${args.vaultName}-rg`, location: args.location },
      { parent: this },
    );
    this.vault = new keyvault.Vault(
      name,
      {
        vaultName: args.vaultName,
        resourceGroupName: group.name,
        location: args.location,
        properties: {
          tenantId: this.tenantId,
          sku: { family: keyvault.SkuFamily.A, name: keyvault.SkuName.Standard },
          // New API versions make it true unless told, and then access policies count for nothing.
          enableRbacAuthorization: false,
          enableSoftDelete: true,
          // The least there is: a destroyed stack's secrets should not linger for the usual 90 days.
          softDeleteRetentionInDays: 7,
          // No accessPolicies: set here, they would wipe those that `allowReading` adds.
        },
      },
      { parent: this },
    );
    this.lastChange = this.vault;

    this.vaultName = this.vault.name;
    this.resourceGroupName = group.name;
    this.vaultUri = pulumi.interpolate`https://${this.vaultName}.vault.azure.net/`;
    this.registerOutputs({
      vaultName: this.vaultName,
      resourceGroupName: this.resourceGroupName,
      vaultUri: this.vaultUri,
    });
  }

  /** Stores a secret and gives its URL without a version, so that whoever follows it gets the newest. */
  storeSecret(
    name: string,
    { secretName = name, value }: VaultSecretArgs,
    opts: pulumi.CustomResourceOptions = { parent: this },
  ): pulumi.Output<string> {
    const secret = new keyvault.Secret(
      name,
      {
        secretName,
        vaultName: this.vaultName,
        resourceGroupName: this.resourceGroupName,
        properties: { value: pulumi.secret(value) },
      },
      pulumi.mergeOptions(opts, {
        dependsOn: this.lastChange,
        additionalSecretOutputs: ["properties"],
        // The resource manager cannot delete a secret, and asking the vault itself needs a right that nobody was
        // given. The vault takes its secrets along when it goes.
        deletedWith: this.vault,
      }),
    );
    this.lastChange = secret;
    return pulumi.interpolate`${this.vaultUri}secrets/${secret.name}`;
  }

  /** Lets an identity read the vault's secrets. */
  allowReading(
    name: string,
    principalId: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions = { parent: this },
  ): keyvault.AccessPolicy {
    const policy = new keyvault.AccessPolicy(
      name,
      {
        vaultName: this.vaultName,
        resourceGroupName: this.resourceGroupName,
        policy: {
          tenantId: this.tenantId,
          objectId: principalId,
          permissions: { secrets: [keyvault.SecretPermissions.Get] },
        },
      },
      pulumi.mergeOptions(opts, { dependsOn: this.lastChange }),
    );
    this.lastChange = policy;
    return policy;
  }
}
