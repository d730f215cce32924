/** Readies a person's own az, git, podman and Pulumi for the local Azure: logins in files of the state folder. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiEnvironment, pulumiPlaces } from "../pulumi/pulumiEnvironment";
import type { ClientSettings } from "../daemon/types";

const gitTokenKey = "gated-imports:gitToken";

export interface PersonalClientsOptions {
  stateDir: string;
  settings: ClientSettings;
  /** Path of azure-cli. */
  az: string;
}

/** All variables for the person's shell. Signs az in when it is not yet. */
export async function preparePersonalClients(
  options: PersonalClientsOptions,
): Promise<Record<string, string>> {
  const { stateDir, settings } = options;
  const { environment } = settings;
  const variables = {
    ...pulumiEnvironment({
      stateDir,
      debugProviders: environment["PULUMI_DEBUG_PROVIDERS"] ?? "",
      environment,
    }),
    ...azureIdentity(environment),
    AZURE_CONFIG_DIR: environment["AZURE_CONFIG_DIR"] ?? join(stateDir, "azure-config"),
    AZURE_CORE_COLLECT_TELEMETRY: "false",
    AZURE_CORE_SURVEY_MESSAGE: "false",
    ...gitCredentials(stateDir, settings.stackSecrets[gitTokenKey] ?? ""),
    REGISTRY_AUTH_FILE: registryLogins(stateDir),
    GATED_IMPORTS_PROJECT: pulumiPlaces(stateDir).projectDir,
  };
  await signIn(options.az, { stateDir, variables });
  return variables;
}

/** The names under which the Azure SDKs look for what Pulumi calls ARM_*. */
function azureIdentity(environment: Record<string, string>): Record<string, string> {
  const pairs = ["CLIENT_ID", "CLIENT_SECRET", "TENANT_ID", "SUBSCRIPTION_ID"].flatMap((name) => {
    const value = environment[`ARM_${name}`];
    return value === undefined ? [] : [[`AZURE_${name}`, value] as const];
  });
  return Object.fromEntries(pairs);
}

/** Git reads this configuration beside the person's own; the token stays in a file. */
export function gitCredentials(stateDir: string, token: string): Record<string, string> {
  const file = join(stateDir, "git-credentials");
  const login = `https://x-access-token:${encodeURIComponent(token)}@github.com\n`;
  writeFileSync(file, login, { mode: 0o600 });
  const helper = `store --file='${file.replaceAll("'", `'\\''`)}'`;
  return {
    GIT_CONFIG_COUNT: "2",
    // An empty helper first: the person's own helpers must not see, or keep, this token.
    GIT_CONFIG_KEY_0: "credential.https://github.com.helper",
    GIT_CONFIG_VALUE_0: "",
    GIT_CONFIG_KEY_1: "credential.https://github.com.helper",
    GIT_CONFIG_VALUE_1: helper,
  };
}

function registryLogins(stateDir: string): string {
  const file = join(stateDir, "registry-logins.json");
  if (!existsSync(file)) writeFileSync(file, "{}\n", { mode: 0o600 });
  return file;
}

/** az keeps its login in AZURE_CONFIG_DIR; the secret goes through a file, as arguments can be seen by everyone. */
async function signIn(
  az: string,
  { stateDir, variables }: { stateDir: string; variables: Record<string, string> },
): Promise<void> {
  const config = variables["AZURE_CONFIG_DIR"] ?? "";
  mkdirSync(config, { recursive: true, mode: 0o700 });
  if (existsSync(join(config, "service_principal_entries.json"))) return;
  const folder = mkdtempSync(join(stateDir, "sign-in-"));
  const file = join(folder, "secret");
  try {
    writeFileSync(file, variables["AZURE_CLIENT_SECRET"] ?? "", { mode: 0o600 });
    const id = variables["AZURE_CLIENT_ID"] ?? "";
    const tenant = variables["AZURE_TENANT_ID"] ?? "";
    const login = ["login", "--service-principal", "-u", id, "-p", `@${file}`, "--tenant", tenant];
    await runQuietly([az, ...login, "--output", "none"], variables);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runQuietly([program = "", ...args]: string[], env: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`az ${args[0]} failed: ${complaint.trim().split("\n").pop() ?? code}`)),
    );
  });
}
