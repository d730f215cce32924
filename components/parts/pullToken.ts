/** A registry login that can pull and do nothing else. */
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./platform";
import type { Registry } from "./registry";
import type { StoredLogin } from "./secretVault";
import { tokenPassword } from "./tokenPassword";

export interface PullTokenArgs {
  registry: Registry;
  platform: Pick<Platform, "vault" | "tokens">;
  /** The repositories that may be pulled; without them every one of the registry. */
  repositories?: string[];
  /** Start of the names of the login's two secrets, `-user` and `-password` being the ends. */
  secretName: pulumi.Input<string>;
}

/**
 * A token of a registry, scoped to pull, with a generated password. Both halves of the login are in the vault. The
 * component's name is the token's, so 5 to 50 letters, digits and hyphens.
 */
export class PullToken extends pulumi.ComponentResource {
  /** The login as a task takes it. */
  public readonly login: StoredLogin;
  /** Start of the names of the login's two secrets. */
  public readonly secretName: pulumi.Output<string>;
  public readonly userName: pulumi.Output<string>;
  /** Secret. */
  public readonly password: pulumi.Output<string>;
  /** When the password was issued: whoever keeps a copy of it needs the next one when this changes. */
  public readonly issued: pulumi.Output<string>;

  constructor(name: string, args: PullTokenArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:PullToken", name, {}, opts);
    const { repositories } = args;
    const { vault, tokens } = args.platform;
    const { registryName, resourceGroupName, registryId } = args.registry;

    const scopeMapId = repositories
      ? new containerregistry.ScopeMap(
          name,
          {
            scopeMapName: name,
            registryName,
            resourceGroupName,
            description: `Pull ${repositories.join(", ")}`,
            actions: repositories.map((repository) => `repositories/${repository}/content/read`),
          },
          { parent: this },
        ).id
      : pulumi.interpolate`${registryId}/scopeMaps/_repositories_pull`;
    const token = new containerregistry.Token(
      name,
      {
        tokenName: name,
        registryName,
        resourceGroupName,
        scopeMapId,
        status: containerregistry.TokenStatus.Enabled,
      },
      {
        parent: this,
        // Writing a token again can wipe its passwords (Azure/acr issue 667). So what a refresh finds of them is not
        // written back, and a change makes a new token, whose password then is issued anew.
        ignoreChanges: ["credentials"],
        replaceOnChanges: ["scopeMapId", "status"],
        deleteBeforeReplace: true,
      },
    );
    const password = tokenPassword(
      `${name}-password`,
      {
        token,
        registryName,
        resourceGroupName,
        places: {
          userName: vault.place(pulumi.interpolate`${args.secretName}-user`),
          password: vault.place(pulumi.interpolate`${args.secretName}-password`),
        },
        vault,
        options: tokens,
      },
      { parent: this },
    );

    this.secretName = pulumi.output(args.secretName);
    this.userName = token.name;
    this.password = password.value;
    this.issued = password.issued;
    this.login = password.login;
    this.registerOutputs({
      login: this.login,
      secretName: this.secretName,
      userName: this.userName,
      password: this.password,
      issued: this.issued,
    });
  }
}
