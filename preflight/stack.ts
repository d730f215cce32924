/** The stack that is looked at: its settings, and what it has made so far. */
import { execFile } from "node:child_process";

export interface Made {
  type: string;
  /** ARM id. */
  id: string;
}

export interface Stack {
  name: string;
  /** Whether it is the local Azure's: mending is done with other commands there. */
  local: boolean;
  /** Settings by full key, decrypted; objects and lists as they are. */
  config: Readonly<Record<string, unknown>>;
  /** The end of its names; none before the first `up`. */
  ending?: string;
  /** Registries and vaults that are in its state. */
  made: readonly Made[];
}

export interface StackPlace {
  /** The Pulumi CLI. */
  binary: string;
  /** Folder with Pulumi.yaml. */
  folder: string;
  environment: NodeJS.ProcessEnv;
}

/**
 * Asks Pulumi. Secrets are in its answer and stay in this process.
 * @throws Error with Pulumi's words in one line
 */
export async function readStack(
  { name, local }: Pick<Stack, "name" | "local">,
  place: StackPlace,
): Promise<Stack> {
  const pulumi = (...words: string[]): Promise<unknown> =>
    runPulumi([...words, "--stack", name, "--non-interactive"], place);
  // One after the other: Pulumi may ask a file backend for its lock.
  const settings = (await pulumi("config", "--json", "--show-secrets")) as Record<string, Setting>;
  const { deployment } = (await pulumi("stack", "export")) as State;
  const resources = deployment?.resources ?? [];
  const suffix = resources.find(({ type }) => type === "random:index/randomString:RandomString");
  return {
    name,
    local,
    config: Object.fromEntries(
      Object.entries(settings).map(([key, { value, objectValue }]) => [key, objectValue ?? value]),
    ),
    ...(suffix?.outputs?.result ? { ending: suffix.outputs.result } : {}),
    made: resources.flatMap(({ type, id }) => (id && kept.includes(type) ? [{ type, id }] : [])),
  };
}

interface Setting {
  value?: string;
  objectValue?: unknown;
}

interface State {
  deployment?: {
    resources?: { type: string; id?: string; outputs?: { result?: string } }[];
  };
}

/** What has a name that is global to Azure. */
const kept = ["azure-native:containerregistry:Registry", "azure-native:keyvault:Vault"];

function runPulumi(words: string[], { binary, folder, environment }: StackPlace): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: folder,
      env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
      maxBuffer: 256 * 1024 * 1024,
    };
    execFile(binary, words, options, (error, stdout, stderr) => {
      if (!error) return resolve(JSON.parse(stdout || "{}"));
      if (error.code === "ENOENT") return reject(new Error(`${binary} is not installed`));
      const said = stderr
        .split("\n")
        .find((line) => line.startsWith("error: "))
        ?.slice("error: ".length);
      reject(new Error(said ?? `pulumi ${words[0]} failed`));
    });
  });
}
