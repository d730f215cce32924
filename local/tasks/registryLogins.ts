/** Signing a run's agent in to its own registry and to those that the task holds credentials for. */
import { setTimeout as delay } from "node:timers/promises";
import type { CustomRegistryCredential, SecretValue } from "../arm";
import type { Agent } from "../contracts/containers";
import type { RegistryLogin } from "../contracts/containerRegistry";
import { messageOf, RunFailed } from "./failure";
import { sendHttps } from "./httpsClient";
import type { RunLog } from "./runLog";
import { readVaultSecret, type VaultReader } from "./vaultSecret";

/** Waits between login attempts, in milliseconds, as the real engine has them. */
const backoff = [250, 500, 1000];
/** User name that says: the password is a refresh token of the registry. */
const tokenUser = "00000000-0000-0000-0000-000000000000";

export interface LoginContext {
  agent: Agent;
  log: RunLog;
  vault: VaultReader;
  /** A token of the task's identity for the registries. */
  registryToken: () => Promise<string>;
  signal: AbortSignal;
}

/** Signs in, with retries. @throws {RunFailed} that names the registry and carries its words. */
export async function signIn(
  server: string,
  login: RegistryLogin,
  { agent, log, signal }: LoginContext,
): Promise<void> {
  log.hide(login.password);
  log.line(`Logging in to registry: ${server}`);
  for (let attempt = 0; ; attempt += 1) {
    try {
      await agent.login(server, login);
      break;
    } catch (error) {
      signal.throwIfAborted();
      const wait = backoff[attempt];
      if (wait === undefined) {
        throw new RunFailed(
          `registry ${server} refused the login of "${login.username}": ${log.mask(messageOf(error))}`,
        );
      }
      await delay(wait, undefined, { signal });
    }
  }
  log.line(`Successfully logged into ${server}`);
}

/** Whether `identity` means the task's own, system assigned one. */
const isSystem = (identity: string | undefined): boolean =>
  identity === undefined || ["[system]", "system"].includes(identity.toLowerCase());

async function valueOf(secret: SecretValue, context: LoginContext): Promise<string> {
  return secret.type === "Opaque" ? secret.value : readVaultSecret(secret.value, context.vault);
}

/** An identity alone: its token is exchanged for a refresh token of the registry. */
async function exchangeToken(server: string, context: LoginContext): Promise<RegistryLogin> {
  const token = await context.registryToken();
  const answer = await sendHttps(`https://${server}/oauth2/exchange`, {
    environment: context.vault.environment,
    signal: context.signal,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "access_token",
      service: server,
      access_token: token,
    }).toString(),
  });
  if (answer.status !== 200) {
    throw new RunFailed(
      `registry ${server} refused the task's identity ${context.vault.principal?.objectId}; give it the role AcrPull there`,
    );
  }
  const { refresh_token: password = "" } = JSON.parse(answer.text) as { refresh_token?: string };
  return { username: tokenUser, password };
}

async function loginOf(
  server: string,
  { userName, password, identity }: CustomRegistryCredential,
  context: LoginContext,
): Promise<RegistryLogin> {
  if (!isSystem(identity)) {
    throw new RunFailed(
      `the credential for ${server} names the user-assigned identity "${identity}", which the local Azure does not support; use [system]`,
    );
  }
  if (!userName && !password) return exchangeToken(server, context);
  if (!userName || !password) {
    throw new RunFailed(`the credential for ${server} needs both a user name and a password`);
  }
  const [username, secret] = await Promise.all([
    valueOf(userName, context),
    valueOf(password, context),
  ]);
  return { username, password: secret };
}

/** Fetches the credential for another registry and signs in with it. */
export async function signInWith(
  server: string,
  credential: CustomRegistryCredential,
  context: LoginContext,
): Promise<void> {
  await signIn(server, await loginOf(server, credential, context), context);
}
