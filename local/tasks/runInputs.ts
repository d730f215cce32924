/** What a task file is rendered with: variables, values, and secrets read with the task's identity. */
import type { Directory } from "../contracts/identity";
import type { Run, RunValue } from "../contracts/tasks";
import { secretsOf, TaskFileError, type RunVariables, type TaskSource } from "./definition";
import { RunFailed } from "./failure";
import type { RunLog } from "./runLog";
import type { RunnableTask } from "./runnableTask";
import type { Source } from "./source";
import { readVaultSecret, type VaultReader } from "./vaultSecret";

/** `yyyyMMdd-HHmmss` and a literal `z`. */
const runDate = (iso: string): string =>
  `${iso.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}z`;

/** `.Run` of the templates. */
export function variablesOf(task: RunnableTask, run: Run, source: Source): RunVariables {
  return {
    ID: run.runId,
    Registry: task.loginServer,
    RegistryName: task.loginServer.split(".")[0] ?? "",
    SharedVolume: `acb_vol_${run.runId}`,
    Date: runDate(run.startTime ?? run.createTime),
    OS: task.platform.os,
    Architecture: task.platform.architecture,
    Commit: source.commit,
    Branch: source.branch,
    TaskName: task.name,
  };
}

/** `.Values` of the templates: the run's own win over the task's. Secret ones are hidden from the log. */
export function valuesOf(
  task: RunnableTask,
  given: readonly RunValue[],
  log: RunLog,
): Record<string, string> {
  const all = [...task.values, ...given];
  for (const { value, isSecret } of all) if (isSecret) log.hide(value);
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}

/** Reads vaults as the task's managed identity. */
export function vaultReaderOf(
  task: RunnableTask,
  services: { directory: Directory; environment: Record<string, string>; signal: AbortSignal },
): VaultReader {
  const { directory, environment, signal } = services;
  const principal = task.principalId ? directory.find(task.principalId) : undefined;
  return {
    principal,
    token: async () =>
      principal ? directory.issueToken(principal, "https://vault.azure.net") : "",
    environment,
    signal,
  };
}

/** Runs a parser of the definition: what it refuses is the task's own failure. */
export function asFailure<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof TaskFileError ? new RunFailed(error.message) : error;
  }
}

/** Waits for all, then fails with the first failure: nothing may go on while the run is cleaned up. */
export async function allOf(promises: Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(promises);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

/** `.Secrets` of the templates: fetches what the task file names, and hides it from the log. */
export async function fetchSecrets(
  source: TaskSource,
  reader: VaultReader,
  log: RunLog,
): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  const fetches = asFailure(() => secretsOf(source)).map(async ({ id, url, clientId }) => {
    if (clientId !== undefined && clientId !== reader.principal?.appId) {
      throw new RunFailed(
        `secret "${id}" names the identity ${clientId}, which the task does not have; leave clientID out`,
      );
    }
    const value = await readVaultSecret(url, reader);
    log.hide(value);
    secrets[id] = value;
  });
  await allOf(fetches);
  return secrets;
}
