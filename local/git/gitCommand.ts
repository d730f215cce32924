/** Runs git so that no configuration of the user or the machine can change what it does. */
import { execFile } from "node:child_process";

/** Variables every git process of the host gets; callers add theirs. */
export function gitEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    LC_ALL: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    // The state folder may belong to another user than the one we run as (a container, sudo).
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
  };
}

/**
 * Runs one git command and resolves with its output, trimmed.
 * @throws with git's own last words when it fails or is missing.
 */
export function runGit(args: readonly string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("git", args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout.trim());
      const cause =
        error.code === "ENOENT" ? "git is not installed (apt-get install git)" : stderr.trim();
      reject(new Error(`git ${args.find((arg) => !arg.startsWith("-"))} failed: ${cause}`));
    });
  });
}
