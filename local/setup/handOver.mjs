// @ts-check
/** Runs the real command in place of the setup: same terminal, same signals, same exit code. */
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** @type {NodeJS.Signals[]} */
const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * @param {string[]} command program and arguments
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the exit code; 128 + number for a signal, as a shell gives it
 */
export async function handOver([program = "", ...args], env) {
  const child = spawn(program, args, { stdio: "inherit", env });
  for (const name of forwarded) {
    process.on(name, () => {
      // A terminal sends Ctrl-C to the whole group: the command has it already.
      if (name !== "SIGINT" || !process.stdin.isTTY) child.kill(name);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}
