/** A registry login that can pull and do nothing else. */
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { pullPasswordName, pullScopeMapName, pullTokenName } from "./names";
import type { Registry } from "./registry";
import type { RegistryCredential } from "./registryTask";
import type { SecretVault } from "./secretVault";

export interface PullTokenArgs {
  registry: Registry;
  /** Keeps user name and password. */
  vault: SecretVault;
  /** The one repository that may be pulled; without it every one of the registry. */
  repository?: string;
}

/**
 * A token of a registry, scoped to pull, with a generated password. Both halves of the login are in the vault as
 * `registry-NAME-user` and `registry-NAME-password`, where NAME is the registry's.
 */
export class PullToken extends pulumi.ComponentResource {
  /** The login as a task takes it: where it is in the vault. */
  public readonly credential: RegistryCredential;
  public readonly userName: pulumi.Output<string>;
  /** Secret. */
  public readonly password: pulumi.Output<string>;

  constructor(name: string, args: PullTokenArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:PullToken", name, {}, opts);
    const { registry, vault } = args;
    const { registryName, resourceGroupName, registryId } = registry;

    const scopeMapId =
      args.repository === undefined
        ? pulumi.interpolate`${registryId}/scopeMaps/_repositories_pull`
        : new containerregistry.ScopeMap(
            name,
            {
              scopeMapName: pullScopeMapName(args.repository),
              registryName,
              resourceGroupName,
              description: `Pull ${args.repository}`,
              actions: [`repositories/${args.repository}/content/read`],
            },
            { parent: this },
          ).id;
    const token = new containerregistry.Token(
      name,
      {
        tokenName: registryName.apply(pullTokenName),
        registryName,
        resourceGroupName,
        scopeMapId,
        status: containerregistry.TokenStatus.Enabled,
      },
      {
        parent: this,
        // Writing a token again can wipe its passwords (Azure/acr issue 667). So what a refresh finds of them is not
        // written back, and a change makes a new token, whose password then is generated anew.
        ignoreChanges: ["credentials"],
        replaceOnChanges: ["scopeMapId", "status"],
        deleteBeforeReplace: true,
      },
    );
    const generated = new command.local.Command(
      `${name}-password`,
      {
        // azure-native cannot generate a password (its issue 3099).
        create: "node generateTokenPassword.cjs",
        // A checkout in another folder changes `dir`: no reason for another password.
        update: 'node -p "process.env.PULUMI_COMMAND_STDOUT"',
        dir: __dirname,
        environment: { TOKEN_ID: token.id },
        // The id is the same after a replacement, the date is not.
        triggers: [token.creationDate],
        logging: command.local.Logging.None,
      },
      {
        parent: this,
        additionalSecretOutputs: ["stdout", "stderr"],
      },
    );

    this.userName = token.name;
    this.password = pulumi.secret(generated.stdout);
    this.credential = {
      loginServer: registry.loginServer,
      userName: vault.storeSecret(
        `${name}-user`,
        { secretName: registryName.apply(pullTokenName), value: this.userName },
        { parent: this },
      ),
      password: vault.storeSecret(
        `${name}-password`,
        { secretName: registryName.apply(pullPasswordName), value: this.password },
        { parent: this },
      ),
    };
    this.registerOutputs({
      credential: this.credential,
      userName: this.userName,
      password: this.password,
    });
  }
}
