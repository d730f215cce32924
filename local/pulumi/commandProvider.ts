/** Stands in for the command plugin, for local.Command and local.run. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { Masker } from "../kernel/masking";
import { findChanges } from "./changes";
import { containsUnknown, isBag, same, unknown, type Bag } from "./propertyBag";
import type { Bounds, EngineLog, Provider, Target } from "./provider";
import { runCommand } from "./shellCommand";

const commandType = "command:local:Command";
/** The function that runs a command at every preview and deployment. */
const runFunction = "command:local:run";

/** The plugin's version that this follows. */
export const commandVersion = "1.2.1";

/**
 * What a command finds in its environment beside what it is given and what leads it to Azure. The plugin hands on all
 * that the shell of `pulumi up` has; the daemon's own variables are of another shell and another time. A command that
 * needs more names it in its `environment`, and then works the same for everyone.
 */
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

  /** Runs a command to its end. @throws Error in the plugin's words when it fails, without secrets */
  async function execute(
    inputs: Bag,
    { command, previous, ...request }: Bounds & { urn: string; command: string; previous?: Bag },
  ): Promise<{ stdout: string; stderr: string }> {
    const masker = new Masker();
    for (const secret of request.secrets) masker.add(secret);
    const base = Object.fromEntries(inherited.map((name) => [name, process.env[name]]));
    const logging = String(inputs["logging"] ?? "stdoutAndStderr");
    const { failure, stdout, stderr, said } = await runCommand({
      interpreter: asStrings(inputs["interpreter"]) ?? ["/bin/sh", "-c"],
      command,
      directory: resolve(workingDirectory, String(inputs["dir"] ?? ".")),
      environment: {
        ...base,
        ...environment(),
        ...(isBag(inputs["environment"]) ? (inputs["environment"] as Record<string, string>) : {}),
        ...previousOutputs(inputs, previous),
      },
      stdin: typeof inputs["stdin"] === "string" ? inputs["stdin"] : "",
      signal: request.signal,
      onLine(stream, line) {
        if (logging === stream || logging === "stdoutAndStderr")
          log?.(request.urn, masker.mask(line));
      },
    });
    if (failure === undefined) return { stdout, stderr };
    throw new Error(masker.mask(`${failure}: running ${JSON.stringify(command)}:\n${said}`));
  }

  /** Runs one of the commands of a resource and gives its outputs; an absent command leaves them as they were. */
  async function run(
    command: unknown,
    inputs: Bag,
    { previous, ...request }: Target & Bounds & { previous?: Bag },
  ): Promise<Bag> {
    const { stdout = "", stderr = "" } = previous ?? {};
    if (typeof command !== "string") return { stdout, stderr };
    const last = previous ? { previous } : {};
    return await execute(inputs, { ...request, ...last, command });
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
    // What the SDK says of triggers, that a change in them replaces, the engine adds itself.
    diff: ({ state, news }) => ({
      changes: findChanges(inputsIn(state), news, (path) => path === "triggers"),
      deleteBeforeReplace: false,
    }),
    async create({ inputs, preview, ...request }) {
      if (preview) return { id: "", outputs: { ...inputs, stdout: unknown, stderr: unknown } };
      const outputs = await run(inputs["create"], inputs, request);
      return {
        id: `${request.name}${randomBytes(4).toString("hex")}`,
        outputs: { ...inputs, ...outputs },
      };
    },
    read: ({ id, inputs, state }) => Promise.resolve({ id, inputs: inputs ?? {}, outputs: state }),
    async update({ inputs, state, preview, ...request }) {
      if (preview) {
        const { stdout, stderr } = state;
        // An input that was not there before does not count, as the plugin's framework has it.
        const changed = Object.entries(inputsIn(state)).some(
          ([name, before]) => !same(before, inputs[name]),
        );
        const outputs = changed || containsUnknown(inputs);
        return {
          ...inputs,
          ...(outputs ? { stdout: unknown, stderr: unknown } : { stdout, stderr }),
        };
      }
      const command = inputs["update"] ?? inputs["create"];
      return { ...inputs, ...(await run(command, inputs, { ...request, previous: state })) };
    },
    // The plugin takes all that it needs from the outputs, in which the inputs are too.
    async delete({ state, ...request }) {
      await run(state["delete"], state, { ...request, previous: state });
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
      return { ...args, ...(await execute(args, { ...bounds, urn: "", command })) };
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

/** Set only where there was something. */
function previousOutputs(inputs: Bag, previous: Bag | undefined): Record<string, string> {
  if (!previous || inputs["addPreviousOutputInEnv"] === false) return {};
  const { stdout, stderr } = previous;
  return {
    ...(typeof stdout === "string" && stdout ? { PULUMI_COMMAND_STDOUT: stdout } : {}),
    ...(typeof stderr === "string" && stderr ? { PULUMI_COMMAND_STDERR: stderr } : {}),
  };
}

/** The inputs among the outputs. */
function inputsIn(state: Bag): Bag {
  const outputs = ["stdout", "stderr"];
  return Object.fromEntries(Object.entries(state).filter(([name]) => !outputs.includes(name)));
}
