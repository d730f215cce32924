/** The password of a registry token: issued once, changed in turn, and issued again when it is lost. */
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { azureScripts } from "./azureScripts";
import { lookUp } from "./lookUp";
import type { TokenOptions } from "./platform";

/** What the vault remembers beside a password, as tags of its secret. */
export interface PasswordTags extends Record<string, pulumi.Input<string>> {
  /** What the password was issued for: the same again calls for no other. */
  generation: pulumi.Input<string>;
  /** When Azure made it, in ISO 8601. */
  issued: pulumi.Input<string>;
}

export interface TokenPasswordArgs {
  token: containerregistry.Token;
  registryName: pulumi.Input<string>;
  resourceGroupName: pulumi.Input<string>;
  /** The vault secret that the caller keeps the password in, with its `tags`. */
  secret: {
    vaultName: pulumi.Input<string>;
    resourceGroupName: pulumi.Input<string>;
    secretName: pulumi.Input<string>;
  };
  options: TokenOptions;
}

export interface TokenPassword {
  /** Secret. */
  value: pulumi.Output<string>;
  tags: PasswordTags;
}

/**
 * A token has two passwords. Another `rotated` issues the one that is not in use, so that whoever still has the last one
 * can pull until the next change. A password that Azure no longer has, or that is near its end, is followed by another
 * one too. Azure itself says which are alive; the program's state would not know of one that was wiped.
 */
export function tokenPassword(
  name: string,
  { token, registryName, resourceGroupName, secret, options }: TokenPasswordArgs,
  opts: pulumi.CustomResourceOptions,
): TokenPassword {
  const generation = pulumi
    .output({ registryName, resourceGroupName, secret, tokenName: token.name })
    .apply(async ({ secret, ...token }) => {
      const stored = await lookUp(keyvault.getSecret(secret));
      const alive = stored && (await lookUp(containerregistry.getToken(token)));
      return nextGeneration(stored?.tags, alive?.credentials?.passwords ?? [], options, new Date());
    });
  const issued = new command.local.Command(
    name,
    {
      // azure-native cannot generate a password (its issue 3099). A generation that it has printed already is printed
      // again, so that a checkout in another folder, which changes `dir`, is no reason for another password.
      create: "node tokenPassword.cjs",
      ...azureScripts({
        TOKEN_ID: token.id,
        GENERATION: generation,
        VALID_DAYS: String(options.validDays),
      }),
      // The id is the same after a replacement, the date is not.
      triggers: [token.creationDate],
    },
    pulumi.mergeOptions(opts, { additionalSecretOutputs: ["stdout", "stderr"] }),
  );
  const printed = issued.stdout.apply(
    (stdout) => JSON.parse(stdout) as { value: string; generation: string; issued: string },
  );
  return {
    value: pulumi.secret(printed.value),
    tags: {
      generation: pulumi.unsecret(printed.generation),
      issued: pulumi.unsecret(printed.issued),
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
