/** Runs one command and hands on its output as it comes. */
import { spawn } from "node:child_process";
import type { CommandOptions } from "../contracts/containers";

export interface CommandSettings extends CommandOptions {
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Text for standard input: where secrets go, since a command line is open to all. */
  input?: string;
}

/** Resolves with the exit code (128 + n for signal n). Rejects only when the command cannot be started. */
export function runCommand(
  file: string,
  args: string[],
  settings: CommandSettings,
): Promise<number> {
  const { env, cwd, input, output, signal } = settings;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return resolve(130);
    const child = spawn(file, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"], detached: true });
    // The whole group, and not by a signal that podman would hand on to a container that ignores it.
    const abort = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    };
    signal?.addEventListener("abort", abort, { once: true });
    child.stdout.on("data", output);
    child.stderr.on("data", output);
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.once("error", (error: NodeJS.ErrnoException) => {
      signal?.removeEventListener("abort", abort);
      reject(
        error.code === "ENOENT"
          ? new Error(`${file} is not installed; run: apt-get install ${file}`)
          : new Error(`${file} cannot be started: ${error.message}`),
      );
    });
    child.once("close", (code, killedBy) => {
      signal?.removeEventListener("abort", abort);
      resolve(code ?? (killedBy === "SIGKILL" ? 137 : 143));
    });
  });
}

export interface Captured {
  code: number;
  text: string;
}

/** Like `runCommand`, with stdout and stderr collected. */
export async function capture(
  file: string,
  args: string[],
  settings: Omit<CommandSettings, "output">,
): Promise<Captured> {
  const chunks: Buffer[] = [];
  const code = await runCommand(file, args, { ...settings, output: (chunk) => chunks.push(chunk) });
  return { code, text: Buffer.concat(chunks).toString("utf8").trim() };
}

/** Podman's own words about a failure: the last line that says something, without its log prefix. */
export function lastLine(text: string): string {
  const line =
    text
      .split("\n")
      .filter((each) => each.trim() !== "")
      .at(-1) ?? "no output";
  return line.replace(/^Error: /, "").trim();
}
