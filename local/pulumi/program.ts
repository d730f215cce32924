/** The checkout's Pulumi program, run inside this process: the engine then needs no Node.js language host. */
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";

/** Folders of the checkout that are no part of the program. */
const foreign = ["node_modules", "local", "policies", "preflight", "tests"];

/**
 * A program for the Automation API that loads `programDir` afresh each time it runs, as resources are declared
 * while its files load. TypeScript is transpiled, not checked.
 */
export function loadProgram(programDir: string): () => Promise<Record<string, unknown>> {
  const load = createRequire(join(programDir, "package.json"));
  tellOfLostEngine(load);
  shareNoConnections(load);
  return () => {
    // Mocha or ts-node itself may have done this already; twice would compile twice.
    if (!load.extensions[".ts"]) registerTypeScript(load, programDir);
    for (const file of Object.keys(load.cache))
      if (belongsTo(programDir, file)) delete load.cache[file];
    // Where a language host runs a program, and so what its relative paths begin at. What else runs here stays where it is.
    const before = process.cwd();
    process.chdir(programDir);
    try {
      return Promise.resolve({ ...(load(programDir) as Record<string, unknown>) });
    } finally {
      process.chdir(before);
    }
  };
}

/**
 * The SDK lets a program end well whose connection to the engine broke, since that is how a failed deployment looks to
 * it. But if the engine is still there it takes what was not declared for what shall be deleted: all of the stack. So
 * here the program fails, and with it the operation.
 */
function tellOfLostEngine(load: NodeJS.Require): void {
  const errors = load("@pulumi/pulumi/errors") as { isGrpcError: (error: unknown) => boolean };
  errors.isGrpcError = () => false;
}

/**
 * Each engine listens on a port of its own, and sometimes on that of one which has ended. gRPC remembers for all of a
 * process which addresses could not be reached, so the program of the later one would be told that there is no connection.
 */
function shareNoConnections(load: NodeJS.Require): void {
  const { grpcClientOptions } = load("@pulumi/pulumi/runtime/settings") as {
    grpcClientOptions: Record<string, unknown>;
  };
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
}

function registerTypeScript(load: NodeJS.Require, programDir: string): void {
  const { stackTraceLimit } = Error;
  (load("ts-node") as { register(options: object): void }).register({
    transpileOnly: true,
    cwd: programDir,
  });
  // TypeScript asks for 100 frames in every stack there will be.
  Error.stackTraceLimit = stackTraceLimit;

  // The SDK takes a stack for each promise that it waits for, only to tell it of those that never end. Finding the
  // TypeScript lines of all of them is a third of the time of a program with hundreds of resources.
  const inTypeScript = Error.prepareStackTrace;
  if (!inTypeScript || process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return;
  Error.prepareStackTrace = (error, frames): unknown =>
    frames[0]?.getFunctionName() === "debuggablePromise"
      ? String(error)
      : (inTypeScript(error, frames) as unknown);
}

function belongsTo(programDir: string, file: string): boolean {
  const [first = "", ...rest] = relative(programDir, file).split(sep);
  return first !== ".." && !foreign.includes(rest.length === 0 ? "" : first);
}
