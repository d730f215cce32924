/** The key vault that holds every credential of the workflow. */
import * as authorization from "@pulumi/azure-native/authorization";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { reportTo } from "./auditLog";
import { assignRole } from "./roleAssignment";

export interface SecretVaultArgs {
  /** 3 to 24 letters, digits and hyphens, global to Azure. The resource group is called the same with `-rg`. */
  vaultName: pulumi.Input<string>;
  location: pulumi.Input<string>;
  /** Nobody can purge the vault or its secrets before their time. Cannot be switched off again. */
  purgeProtection?: boolean;
  /** Reading is a role on each secret instead of an access policy on all. */
  rbac?: boolean;
  /** Log Analytics workspace that every reading of a secret is reported to. */
  logAnalyticsWorkspace?: pulumi.Input<string> | undefined;
}

export interface VaultSecretArgs {
  /** Name in the vault; the logical name unless given. */
  secretName?: pulumi.Input<string>;
  value: pulumi.Input<string>;
  /** Not secret. */
  tags?: Record<string, pulumi.Input<string>>;
}

/** A secret in the vault. */
export interface StoredSecret {
  /** `https://VAULT.vault.azure.net/secrets/NAME`, without a version, so that whoever follows it gets the newest. */
  url: pulumi.Output<string>;
  /** ARM id. */
  id: pulumi.Output<string>;
}

/** A login in the vault. */
export interface StoredLogin {
  userName: StoredSecret;
  password: StoredSecret;
}

/**
 * A key vault in a resource group of its own. Secrets are written through the resource manager, so whoever runs
 * `pulumi up` needs no right to read them; a task's identity may read and do nothing else.
 */
export class SecretVault extends pulumi.ComponentResource {
  public readonly vaultName: pulumi.Output<string>;
  public readonly resourceGroupName: pulumi.Output<string>;
  /** `https://NAME.vault.azure.net/` */
  public readonly vaultUri: pulumi.Output<string>;
  private readonly vault: keyvault.Vault;
  private readonly tenantId: pulumi.Output<string>;
  private readonly rbac: boolean;
  // A vault refuses two changes at a time (ConflictError, pulumi-azure-native issue 1013), so each waits for the last.
  private lastChange: pulumi.Resource;

  constructor(name: string, args: SecretVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:SecretVault", name, {}, opts);
    const { location, purgeProtection = false, rbac = false, logAnalyticsWorkspace } = args;

    this.tenantId = authorization.getClientConfigOutput({ parent: this }).tenantId;
    const group = new resources.ResourceGroup(
      `${name}-rg`,
      { resourceGroupName: pulumi.interpolate`${args.vaultName}-rg`, location },
      { parent: this },
    );
    this.vault = new keyvault.Vault(
      name,
      {
        vaultName: args.vaultName,
        resourceGroupName: group.name,
        location,
        properties: {
          tenantId: this.tenantId,
          sku: { family: keyvault.SkuFamily.A, name: keyvault.SkuName.Standard },
          // New API versions make it true unless told, and then access policies count for nothing.
          enableRbacAuthorization: rbac,
          enableSoftDelete: true,
          // The least there is: a destroyed stack's secrets should not linger for the usual 90 days.
          softDeleteRetentionInDays: 7,
          // Azure takes no `false` here.
          ...(purgeProtection ? { enablePurgeProtection: true } : {}),
          // No accessPolicies: set here, they would wipe those that `allowReading` adds.
        },
      },
      { parent: this },
    );
    if (logAnalyticsWorkspace)
      reportTo(logAnalyticsWorkspace, `${name}-log`, this.vault, { parent: this });
    this.rbac = rbac;
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

  storeSecret(
    name: string,
    { secretName = name, value, tags }: VaultSecretArgs,
    opts: pulumi.CustomResourceOptions = { parent: this },
  ): StoredSecret {
    const secret = new keyvault.Secret(
      name,
      {
        secretName,
        vaultName: this.vaultName,
        resourceGroupName: this.resourceGroupName,
        properties: { value: pulumi.secret(value) },
        ...(tags ? { tags } : {}),
      },
      pulumi.mergeOptions(opts, {
        dependsOn: this.lastChange,
        additionalSecretOutputs: ["properties"],
        // The resource manager cannot delete a secret, and asking the vault itself needs a right that nobody was
        // given. It stays until the vault goes and takes its secrets along.
        retainOnDelete: true,
      }),
    );
    this.lastChange = secret;
    return { url: pulumi.interpolate`${this.vaultUri}secrets/${secret.name}`, id: secret.id };
  }

  /**
   * The start of the names of a login's two secrets: the article's, with an ending that no earlier login had. What was in
   * a vault once cannot be made there again, so without it an app could not come back that was taken away.
   */
  nameLogin(
    name: string,
    article: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions = { parent: this },
  ): pulumi.Output<string> {
    const format = { length: 4, upper: false, special: false };
    const ending = new random.RandomString(`${name}-ending`, format, opts);
    return pulumi.interpolate`${article}-${ending.result}`;
  }

  /** Stores both halves of a login as `START-user` and `START-password`. */
  storeLogin(
    name: string,
    { start, user, password, passwordTags }: LoginArgs,
    opts: pulumi.CustomResourceOptions = { parent: this },
  ): StoredLogin {
    const secretName = (end: string): pulumi.Output<string> => pulumi.interpolate`${start}-${end}`;
    return {
      userName: this.storeSecret(
        `${name}-user`,
        { secretName: secretName("user"), value: user },
        opts,
      ),
      password: this.storeSecret(
        `${name}-password`,
        {
          secretName: secretName("password"),
          value: password,
          ...(passwordTags ? { tags: passwordTags } : {}),
        },
        opts,
      ),
    };
  }

  /**
   * Lets an identity read secrets. With access policies those are all of the vault's: Azure has none for a single one.
   * @returns what whoever reads has to wait for
   */
  allowReading(
    name: string,
    { principalId, secrets }: { principalId: pulumi.Input<string>; secrets: StoredSecret[] },
    opts: pulumi.CustomResourceOptions = { parent: this },
  ): pulumi.Resource[] {
    if (this.rbac)
      return secrets.map(({ id: scope }, index) =>
        assignRole(
          `${name}-${index + 1}`,
          { role: "Key Vault Secrets User", scope, principalId },
          opts,
        ),
      );
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
    return [policy];
  }
}

export interface LoginArgs {
  /** Start of the two secrets' names, see `nameLogin`. */
  start: pulumi.Input<string>;
  user: pulumi.Input<string>;
  password: pulumi.Input<string>;
  /** Not secret. */
  passwordTags?: Record<string, pulumi.Input<string>>;
}
