/** Stands in for the command plugin, for local.Command and local.run. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { Masker } from "../kernel/masking";
import { findChanges } from "./changes";
import { containsUnknown, isBag, unknown, type Bag } from "./propertyBag";
import type { Bounds, EngineLog, Provider, Target } from "./provider";
import { runCommand } from "./shellCommand";

const commandType = "command:local:Command";
/** The function that runs a command at every preview and deployment. */
const runFunction = "command:local:run";

/** The plugin's version that this follows. */
export const commandVersion = "1.2.1";

/** What a command finds in its environment beside what it is given: enough to find programs, and nothing of the daemon's. */
const inherited = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TMPDIR", "TZ"];

/** Inputs that are refused rather than ignored. */
const unsupported = ["assetPaths", "archivePaths"];

export interface CommandOptions {
  /** Variables that lead a command to the local Azure. */
  environment: () => Record<string, string | undefined>;
  /** Folder that commands start in, and that a relative `dir` is taken from. */
  workingDirectory: string;
}

export function createCommandProvider({ environment, workingDirectory }: CommandOptions): Provider {
  let log: EngineLog | undefined;

  /** Runs a command to its end. @throws Error that begins with `what` when it fails */
  async function execute(
    what: string,
    inputs: Bag,
    { command, previous, ...request }: Bounds & { urn: string; command: string; previous?: Bag },
  ): Promise<{ stdout: string; stderr: string }> {
    const masker = new Masker();
    for (const secret of request.secrets) masker.add(secret);
    const base = Object.fromEntries(inherited.map((name) => [name, process.env[name]]));
    const logging = String(inputs["logging"] ?? "stdoutAndStderr");
    const { code, stdout, stderr } = await runCommand({
      interpreter: asStrings(inputs["interpreter"]) ?? ["/bin/sh", "-c"],
      command,
      directory: resolve(workingDirectory, String(inputs["dir"] ?? ".")),
      environment: {
        ...base,
        ...environment(),
        ...previousOutputs(inputs, previous),
        ...(isBag(inputs["environment"]) ? (inputs["environment"] as Record<string, string>) : {}),
      },
      stdin: typeof inputs["stdin"] === "string" ? inputs["stdin"] : "",
      signal: request.signal,
      onLine(stream, line) {
        if (logging === stream || logging === "stdoutAndStderr")
          log?.(request.urn, masker.mask(line));
      },
    });
    if (code === 0) return { stdout, stderr };
    const said = masker.mask((stderr || stdout).trim());
    throw new Error(`${what} ended with exit status ${code}${said ? `: ${said}` : ""}`);
  }

  /** Runs one of the commands of a resource and gives its outputs; an absent command does nothing. */
  async function run(
    which: "create" | "update" | "delete",
    inputs: Bag,
    request: Target & Bounds & { previous?: Bag },
  ): Promise<{ stdout: string; stderr: string }> {
    const command = inputs[which] ?? (which === "update" ? inputs["create"] : undefined);
    if (typeof command !== "string") return { stdout: "", stderr: "" };
    return await execute(`${which} command of ${request.name}`, inputs, { ...request, command });
  }

  return {
    name: "command",
    version: commandVersion,
    acceptSecrets: true,
    // What a command prints may contain anything that it was given.
    secretWithAnyInput: ["stdout", "stderr"],
    configure: () => undefined,
    attach: (to) => (log = to),
    check({ type, news }) {
      if (type !== commandType)
        throw new Error(`the local Azure's command provider has local.Command, not ${type}`);
      const failures = unsupportedIn(news).map((property) => ({
        property,
        reason: notSimulated(property),
      }));
      return Promise.resolve({ inputs: news, failures });
    },
    diff: ({ oldInputs, news }) => ({
      changes: findChanges(oldInputs, news, (path) => {
        return path.startsWith("triggers") && news["update"] === undefined;
      }),
      deleteBeforeReplace: false,
    }),
    async create({ inputs, preview, ...request }) {
      if (preview) return { id: "", outputs: { ...inputs, stdout: unknown, stderr: unknown } };
      const outputs = await run("create", inputs, request);
      return {
        id: `${request.name}${randomBytes(4).toString("hex")}`,
        outputs: { ...inputs, ...outputs },
      };
    },
    read: ({ id, inputs, state }) => Promise.resolve({ id, inputs: inputs ?? {}, outputs: state }),
    async update({ inputs, state, preview, ...request }) {
      if (preview || containsUnknown(inputs))
        return { ...inputs, stdout: unknown, stderr: unknown };
      return { ...inputs, ...(await run("update", inputs, { ...request, previous: state })) };
    },
    async delete({ inputs, state, ...request }) {
      await run("delete", { ...state, ...inputs }, { ...request, previous: state });
    },
    async invoke(token, { args, ...bounds }) {
      if (token !== runFunction)
        throw new Error(
          `the local Azure's command provider has no function ${token}; it has ${runFunction}`,
        );
      const { command } = args;
      const [property] = unsupportedIn(args);
      if (property) throw new Error(`local.run: ${notSimulated(property)}`);
      if (typeof command !== "string")
        throw new Error("local.run: missing required property 'command'");
      return { ...args, ...(await execute("local.run", args, { ...bounds, urn: "", command })) };
    },
  };
}

const unsupportedIn = (inputs: Bag): string[] =>
  unsupported.filter((name) => inputs[name] !== undefined);

const notSimulated = (property: string): string =>
  `${property} is not simulated by the local Azure; read the files in the command instead`;

function asStrings(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
}

function previousOutputs(inputs: Bag, previous: Bag | undefined): Record<string, string> {
  if (!previous || inputs["addPreviousOutputInEnv"] === false) return {};
  return {
    PULUMI_COMMAND_STDOUT: String(previous["stdout"] ?? ""),
    PULUMI_COMMAND_STDERR: String(previous["stderr"] ?? ""),
  };
}
