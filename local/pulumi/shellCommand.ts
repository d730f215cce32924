/** Runs one command to its end, in a process group of its own that dies with the signal. */
import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";

/** How long a command may take to end by itself after it was asked to. */
const graceMilliseconds = 2000;

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
  code: number;
  /** Without the last line's end, as the command plugin gives it. */
  stdout: string;
  stderr: string;
}

/** @throws Error when it cannot start or was aborted. */
export function runCommand(options: ShellCommand): Promise<ShellResult> {
  const { interpreter, command, directory, environment, signal } = options;
  const [program = "/bin/sh", ...args] = interpreter;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(program, [...args, command], {
      cwd: directory,
      env: environment,
      detached: true,
    });
    const kill = (name: NodeJS.Signals): void => {
      try {
        if (child.pid) process.kill(-child.pid, name);
      } catch {
        // Already gone.
      }
    };
    let killer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      kill("SIGTERM");
      killer = setTimeout(() => kill("SIGKILL"), graceMilliseconds);
    };
    signal.addEventListener("abort", abort, { once: true });

    const collected = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      const decoder = new StringDecoder("utf8");
      let rest = "";
      child[name].on("data", (chunk: Buffer) => {
        const text = decoder.write(chunk);
        collected[name] += text;
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) options.onLine(name, line);
      });
      child[name].on("end", () => rest && options.onLine(name, rest));
    }
    // A command that does not read its input ends before we wrote it all.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin);

    const settle = (): void => {
      clearTimeout(killer);
      signal.removeEventListener("abort", abort);
    };
    child.once("error", (error) => {
      settle();
      reject(new Error(`cannot run ${program} in ${directory}: ${error.message}`));
    });
    child.once("close", (code, killedBy) => {
      settle();
      if (signal.aborted) reject(new Error("the command was stopped before it ended"));
      else
        resolve({
          code: code ?? (killedBy ? 128 : 1),
          stdout: collected.stdout.replace(/\n$/, ""),
          stderr: collected.stderr.replace(/\n$/, ""),
        });
    });
  });
}
