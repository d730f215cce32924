/** The password of a registry token: issued once, changed in turn, and issued again when it is lost. */
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { azureScripts } from "./azureScripts";
import { lookUp, stillThere } from "./lookUp";
import type { TokenOptions } from "./platform";
import type { StoredLogin } from "./secretVault";
import { secretEnvironment, storedBy, type SecretPlace } from "./vaultSecret";

export interface TokenPasswordArgs {
  token: containerregistry.Token;
  registryName: pulumi.Input<string>;
  resourceGroupName: pulumi.Input<string>;
  /** The secrets that the login is stored in: the password with what it was issued for and when as tags. */
  places: { userName: SecretPlace; password: SecretPlace };
  vault: { vaultName: pulumi.Input<string>; resourceGroupName: pulumi.Input<string> };
  options: TokenOptions;
}

export interface TokenPassword {
  /** Secret. */
  value: pulumi.Output<string>;
  /** When Azure made it, in ISO 8601. */
  issued: pulumi.Output<string>;
  login: StoredLogin;
}

/**
 * A token has two passwords. Another `rotated` issues the one that is not in use, so that whoever still has the last one
 * can pull until the next change. A password that Azure no longer has, or that is near its end, is followed by another
 * one too. Azure itself says which are alive; the program's state would not know of one that was wiped.
 */
export function tokenPassword(
  name: string,
  { token, registryName, resourceGroupName, places, vault, options }: TokenPasswordArgs,
  opts: pulumi.CustomResourceOptions,
): TokenPassword {
  const found = pulumi
    .output({
      token: { registryName, resourceGroupName, tokenName: token.name },
      secret: { ...vault, secretName: places.password.secretName },
    })
    .apply(async ({ token, secret }) => {
      const stored = await lookUp(keyvault.getSecret(secret));
      const alive =
        stored &&
        (await stillThere(
          `Token ${token.tokenName} of registry ${token.registryName}`,
          containerregistry.getToken(token),
        ));
      const passwords = alive?.credentials?.passwords ?? [];
      const generation = nextGeneration(stored?.tags, passwords, options, new Date());
      const { tags } = stored ?? {};
      return { generation, kept: tags?.["generation"] === generation ? tags["issued"] : undefined };
    });
  const password = new command.local.Command(
    name,
    {
      // azure-native cannot generate a password (its issue 3099). The script stores it as well: were that another
      // resource, a stop between the two would leave a password that only the state has.
      create: "node tokenPassword.cjs",
      ...azureScripts({
        ...secretEnvironment(places.password),
        USER_SECRET_NAME: places.userName.secretName,
        TOKEN_ID: token.id,
        // The id is the same after a replacement, the date is not.
        TOKEN_CREATED: token.creationDate,
        GENERATION: found.generation,
        VALID_DAYS: String(options.validDays),
      }),
    },
    pulumi.mergeOptions(opts, { additionalSecretOutputs: ["stdout", "stderr"] }),
  );
  const printed = password.stdout.apply(
    (stdout) => JSON.parse(stdout) as { value: string; issued: string },
  );
  const issued = pulumi.unsecret(printed.issued);
  return {
    value: pulumi.secret(printed.value),
    // A preview knows it of a password that stays, also where its secret gets other tags.
    issued: pulumi.runtime.isDryRun()
      ? pulumi
          .all([found.kept, token.creationDate])
          .apply(([kept]) => (kept === undefined ? issued : pulumi.output(kept)))
      : issued,
    login: {
      userName: storedBy(password, places.userName),
      password: storedBy(password, places.password),
    },
  };
}

const dayInMilliseconds = 24 * 60 * 60 * 1000;

/**
 * What the password should be issued for: the same as the stored one's, unless that has served its time.
 * @param stored tags of the stored password; none before the first
 * @param alive the token's passwords, as Azure has them
 */
export function nextGeneration(
  stored: { generation?: string; issued?: string } | undefined,
  alive: readonly { creationTime?: string; expiry?: string }[],
  { rotated = "first", validDays }: TokenOptions,
  now: Date,
): string {
  const { generation = "", issued = "" } = stored ?? {};
  if (generation.split(" after ")[0] !== rotated) return rotated;
  // A quarter of its life is left for whoever has to take the next one over.
  const latest = now.getTime() + (validDays * dayInMilliseconds) / 4;
  const lives = alive.some(
    ({ creationTime, expiry }) =>
      // Azure gives the same moment with more digits in one place than in another.
      Math.abs(Date.parse(creationTime ?? "") - Date.parse(issued)) < 5000 &&
      !(expiry && Date.parse(expiry) < latest),
  );
  return lives ? generation : `${rotated} after ${issued}`;
}
