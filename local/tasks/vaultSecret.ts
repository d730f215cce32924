/** Reading a key vault secret as a task does: over HTTPS, with a token of the task's managed identity. */
import type { Principal } from "../contracts/identity";
import { messageOf, RunFailed } from "./failure";
import { sendHttps } from "./httpsClient";

/** Real ACR gives each secret this long. */
const fetchTimeout = 120_000;

export interface VaultReader {
  /** The task's managed identity; absent when the task has none. */
  principal?: Principal;
  /** A token of that identity for the vaults. */
  token: () => Promise<string>;
  /** Proxy and CA variables. */
  environment: Record<string, string>;
  signal: AbortSignal;
}

interface Answer {
  value?: string;
  error?: { code?: string; message?: string; innererror?: { code?: string } };
}

function answerOf(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}

/** What the real engine's key vault client says to a 403. Scripts look for it in the log, so that they can wait for a role. */
function refusal({ code, message, innererror }: NonNullable<Answer["error"]> = {}): string {
  const said = `Code=${JSON.stringify(code)} Message=${JSON.stringify(message)} InnerError=${JSON.stringify(innererror)}`;
  return (
    "keyvault.BaseClient#GetSecret: Failure responding to request: StatusCode=403 -- Original Error: " +
    `autorest/azure: Service returned an error. Status=403 ${said}`
  );
}

/** Reads `https://VAULT.vault.azure.net/secrets/NAME[/VERSION]`. @throws {RunFailed} with the command that grants access. */
export async function readVaultSecret(url: string, reader: VaultReader): Promise<string> {
  const [, host = "", name = ""] = /^https:\/\/([^/]+)\/secrets\/([^/]+)/i.exec(url) ?? [];
  const [vault = ""] = host.split(".");
  if (name === "") {
    throw new RunFailed(
      `"${url}" is no secret URL; write https://VAULT.vault.azure.net/secrets/NAME`,
    );
  }
  const what = `secret "${name}" of key vault "${vault}"`;
  const { principal, environment } = reader;
  if (!principal) {
    throw new RunFailed(`${what} cannot be read: the task has no managed identity; assign one`);
  }
  const signal = AbortSignal.any([reader.signal, AbortSignal.timeout(fetchTimeout)]);
  const address = `${url.replace(/\/+$/, "")}?api-version=7.4`;
  const headers = { authorization: `Bearer ${await reader.token()}`, accept: "application/json" };
  const answer = await sendHttps(address, { environment, headers, signal }).catch((error) => {
    reader.signal.throwIfAborted();
    throw new RunFailed(`${what} cannot be read: ${messageOf(error)}`);
  });
  const { value, error } = answerOf(answer.text);
  if (answer.status === 200 && typeof value === "string") return value;
  if (answer.status === 403) {
    const { objectId } = principal;
    const scope = /Resource: '([^']+)'/.exec(error?.message ?? "")?.[1] ?? "the secret's id";
    const grant =
      error?.innererror?.code === "ForbiddenByRbac"
        ? `az role assignment create --role "Key Vault Secrets User" --assignee-object-id ${objectId} --scope ${scope}`
        : `az keyvault set-policy --name ${vault} --object-id ${objectId} --secret-permissions get`;
    throw new RunFailed(
      `failed to resolve secrets: ${refusal(error)}; ${what} is not open to the task's identity, grant it: ${grant}`,
    );
  }
  const reason = error?.code ? `${error.code}: ${error.message ?? ""}` : `status ${answer.status}`;
  throw new RunFailed(`${what} cannot be read by the task: ${reason}`);
}
