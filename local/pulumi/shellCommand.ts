/** Runs one command to its end, in a process group of its own that dies with the signal. */
import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";

export interface ShellCommand {
  interpreter: string[];
  command: string;
  directory: string;
  environment: Record<string, string | undefined>;
  stdin: string;
  signal: AbortSignal;
  onLine(stream: "stdout" | "stderr", line: string): void;
}

export interface ShellResult {
  /** How it failed, in the words of the command plugin: `exit status 3`, `signal: killed`; nothing when it did not. */
  failure?: string;
  /** Without the last line's end, as the command plugin gives it. */
  stdout: string;
  stderr: string;
  /** Both streams, interleaved as they came. */
  said: string;
}

/** Runs the command; aborting kills it with all its children, without asking first, as the end of a plugin does. */
export function runCommand(options: ShellCommand): Promise<ShellResult> {
  const { interpreter, command, directory, environment, signal } = options;
  const [program = "/bin/sh", ...args] = interpreter;
  return new Promise((resolve) => {
    const collected = { stdout: "", stderr: "", said: "" };
    if (signal.aborted) {
      resolve({ failure: "context canceled", ...collected });
      return;
    }
    const child = spawn(program, [...args, command], {
      cwd: directory,
      env: environment,
      detached: true,
    });
    const abort = (): void => {
      try {
        if (child.pid) process.kill(-child.pid, "SIGKILL");
      } catch {
        // Already gone.
      }
    };
    signal.addEventListener("abort", abort, { once: true });

    for (const name of ["stdout", "stderr"] as const) {
      const decoder = new StringDecoder("utf8");
      let rest = "";
      child[name].on("data", (chunk: Buffer) => {
        const text = decoder.write(chunk);
        collected[name] += text;
        collected.said += text;
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) options.onLine(name, line);
      });
      child[name].on("end", () => rest && options.onLine(name, rest));
    }
    // A command that does not read its input ends before we wrote it all.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin);

    child.once("error", ({ message }) => {
      signal.removeEventListener("abort", abort);
      resolve({ failure: `cannot run ${program} in ${directory}: ${message}`, ...collected });
    });
    child.once("close", (code, killedBy) => {
      signal.removeEventListener("abort", abort);
      const failure = killedBy ? `signal: ${signalWords[killedBy] ?? killedBy}` : exitWords(code);
      resolve({
        ...(failure ? { failure } : {}),
        stdout: collected.stdout.replace(/\n$/, ""),
        stderr: collected.stderr.replace(/\n$/, ""),
        said: collected.said,
      });
    });
  });
}

const signalWords: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: "killed",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
};

const exitWords = (code: number | null): string | undefined =>
  code ? `exit status ${code}` : undefined;
