/** The key vault that holds every credential of the workflow. */
import { setTimeout as sleep } from "node:timers/promises";
import * as authorization from "@pulumi/azure-native/authorization";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { reportTo } from "./auditLog";
import { runScript } from "./azureScripts";
import { fault, lookUp } from "./lookUp";
import { assignRole } from "./roleAssignment";
import { vaultPolicy } from "./vaultPolicy";
import { stackTagLimit, VaultSecret, type SecretPlace, type StoredSecret } from "./vaultSecret";

export interface SecretVaultArgs {
  /** 3 to 24 letters, digits and hyphens, global to Azure. The resource group is called the same with `-rg`. */
  vaultName: pulumi.Input<string>;
  location: pulumi.Input<string>;
  /** Tags of each secret, 13 at most: Azure takes 15, and the program has two of its own. */
  tags?: Record<string, string>;
  /** Nobody can purge the vault or its secrets before their time. Cannot be switched off again. */
  purgeProtection?: boolean;
  /** Reading is a role on each secret instead of an access policy on all. */
  rbac?: boolean;
  /** Log Analytics workspace that every reading of a secret is reported to. */
  logAnalyticsWorkspace?: pulumi.Input<string> | undefined;
}

export type { StoredSecret };

/** A login in the vault. */
export interface StoredLogin {
  userName: StoredSecret;
  password: StoredSecret;
}

/**
 * A key vault in a resource group of its own. Secrets are written through the resource manager, so whoever runs
 * `pulumi up` needs no right to read them; a task's identity may read and do nothing else. A vault that was deleted is
 * recovered, since Azure keeps its name.
 */
export class SecretVault extends pulumi.ComponentResource {
  public readonly vaultName: pulumi.Output<string>;
  public readonly resourceGroupName: pulumi.Output<string>;
  /** `https://NAME.vault.azure.net/` */
  public readonly vaultUri: pulumi.Output<string>;
  private readonly vault: keyvault.Vault;
  private readonly tenantId: pulumi.Output<string>;
  private readonly rbac: boolean;
  private readonly secrets: SecretPlace["vault"];
  // A vault refuses two changes at a time, and azure-native does not ask again; so each policy waits for the last.
  private lastPolicy: pulumi.Resource;

  constructor(name: string, args: SecretVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:SecretVault", name, {}, opts);
    const { location, tags = {}, purgeProtection = false, rbac = false } = args;
    const tagCount = Object.keys(tags).length;
    if (tagCount > stackTagLimit)
      throw new pulumi.InputPropertyError({
        propertyPath: "tags",
        reason: `${tagCount} tags are more than fit on a secret beside the program's own; have ${stackTagLimit} at most`,
      });

    const { tenantId, subscriptionId } = authorization.getClientConfigOutput({ parent: this });
    this.tenantId = tenantId;
    const group = new resources.ResourceGroup(
      `${name}-rg`,
      { resourceGroupName: pulumi.interpolate`${args.vaultName}-rg`, location },
      { parent: this },
    );
    const place = pulumi.output({ vaultName: args.vaultName, location, subscriptionId });
    const before = place.apply((known) => this.lookBefore(known));
    const after = (): pulumi.Output<string> =>
      pulumi
        .all([args.vaultName, this.vault.id])
        .apply(([vaultName]) => this.lookAfter(vaultName))
        // Only a preview gets here without one, and tells of it.
        .apply((created) => created ?? "");
    this.vault = new keyvault.Vault(
      name,
      {
        vaultName: args.vaultName,
        resourceGroupName: group.name,
        location,
        properties: {
          tenantId,
          sku: { family: keyvault.SkuFamily.A, name: keyvault.SkuName.Standard },
          // New API versions make it true unless told, and then access policies count for nothing.
          enableRbacAuthorization: rbac,
          enableSoftDelete: true,
          // The least there is: a destroyed stack's secrets should not linger for the usual 90 days.
          softDeleteRetentionInDays: 7,
          // Azure takes no `false` here.
          ...(purgeProtection ? { enablePurgeProtection: true } : {}),
          createMode: before.createMode as pulumi.Output<keyvault.CreateMode>,
          // No accessPolicies: set here, they would wipe those that `allowReading` adds.
        },
      },
      // How the vault came to be is no reason to change it.
      { parent: this, ignoreChanges: ["properties.createMode"] },
    );
    if (args.logAnalyticsWorkspace)
      reportTo(args.logAnalyticsWorkspace, `${name}-log`, this.vault, { parent: this });
    this.rbac = rbac;
    this.lastPolicy = this.vault;

    this.vaultName = this.vault.name;
    this.resourceGroupName = group.name;
    this.vaultUri = pulumi.interpolate`https://${this.vaultName}.vault.azure.net/`;
    this.secrets = {
      vaultId: this.vault.id,
      vaultName: this.vaultName,
      created: before.apply(({ created }) =>
        created === undefined ? after() : pulumi.output(created),
      ),
      tags,
    };
    this.registerOutputs({
      vaultName: this.vaultName,
      resourceGroupName: this.resourceGroupName,
      vaultUri: this.vaultUri,
    });
  }

  /** @returns when the vault was made, to the second; nothing where there is none */
  private async lookForVault(vaultName: string): Promise<string | undefined> {
    const place = { vaultName, resourceGroupName: `${vaultName}-rg` };
    const live = await lookUp(keyvault.getVault(place, { parent: this }));
    // Azure gives the same moment with more digits in one place than in another.
    return live && (live.systemData?.createdAt ?? "").slice(0, "2026-01-01T00:00:00".length);
  }

  /** What there must be of it once the stack has it. */
  private async lookAfter(vaultName: string): Promise<string | undefined> {
    // What was made a moment ago may take another to be found.
    for (let tries = pulumi.runtime.isDryRun() ? 1 : 3; tries > 0; tries--) {
      const created = await this.lookForVault(vaultName);
      if (created !== undefined) return created;
      if (tries > 1) await sleep(2000);
    }
    await fault(`The key vault ${vaultName} is not in Azure any more; run: pulumi up --refresh`);
    return undefined;
  }

  /** What is there of the vault before this operation touches it. */
  private async lookBefore({
    vaultName,
    location,
    subscriptionId,
  }: Record<"vaultName" | "location" | "subscriptionId", string>): Promise<{
    created?: string;
    createMode?: keyvault.CreateMode;
  }> {
    const created = await this.lookForVault(vaultName);
    if (created !== undefined) return { created };
    const environment = { SUBSCRIPTION: subscriptionId, VAULT: vaultName, LOCATION: location };
    const deleted = await runScript("deletedVault.cjs", environment, { parent: this });
    return deleted === "yes" ? { createMode: keyvault.CreateMode.Recover } : {};
  }

  /** Where a secret of that name is kept. */
  place(secretName: pulumi.Input<string>): SecretPlace {
    return { vault: this.secrets, secretName };
  }

  /** @param secretName name in the vault; the logical name unless given */
  storeSecret(
    name: string,
    {
      secretName = name,
      value,
    }: { secretName?: pulumi.Input<string>; value: pulumi.Input<string> },
    opts: pulumi.ComponentResourceOptions = { parent: this },
  ): StoredSecret {
    return new VaultSecret(name, { place: this.place(secretName), value }, opts);
  }

  /** Stores both halves of a login under the article's names, `START-user` and `START-password`. */
  storeLogin(
    name: string,
    { start, user, password }: LoginArgs,
    opts: pulumi.ComponentResourceOptions = { parent: this },
  ): StoredLogin {
    const store = (end: "user" | "password", value: pulumi.Input<string>): StoredSecret =>
      this.storeSecret(
        `${name}-${end}`,
        { secretName: pulumi.interpolate`${start}-${end}`, value },
        opts,
      );
    return { userName: store("user", user), password: store("password", password) };
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
    const policy = vaultPolicy(
      name,
      {
        vault: this.vault,
        resourceGroupName: this.resourceGroupName,
        tenantId: this.tenantId,
        principalId,
      },
      pulumi.mergeOptions(opts, { dependsOn: this.lastPolicy }),
    );
    pulumi
      .all([policy.id, this.vaultName, this.resourceGroupName, principalId])
      .apply(async ([, vaultName, resourceGroupName, objectId]) => {
        const vault = await lookUp(keyvault.getVault({ vaultName, resourceGroupName }));
        // Of a vault that is gone the vault itself tells.
        if (vault?.properties?.accessPolicies?.every((one) => one.objectId !== objectId))
          await fault(
            `Access policy ${name} of key vault ${vaultName} is not in Azure any more; run: pulumi up --refresh`,
          );
      });
    this.lastPolicy = policy;
    return [policy];
  }
}

export interface LoginArgs {
  /** Start of the two secrets' names. */
  start: pulumi.Input<string>;
  user: pulumi.Input<string>;
  password: pulumi.Input<string>;
}
