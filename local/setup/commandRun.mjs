// @ts-check
/** Runs one command of the setup: output into a log, its own process group, stopped as a whole. */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** What a stopped group gets before it is killed, in milliseconds. */
const grace = 5_000;
const keptLines = 12;

/** A part of the setup that could not be made ready. The message is one line with the next step. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {{ lines?: string[], log?: string }} [details] last lines of output and where all of it is
   */
  constructor(message, { lines = [], log } = {}) {
    super(message);
    this.name = "SetupError";
    this.lines = lines;
    this.log = log;
  }
}

/**
 * @typedef {object} CommandOptions
 * @property {string} log file that gets all output
 * @property {AbortSignal} signal ends the command and everything it started
 * @property {(line: string) => void} [onLine] each line of output as it comes
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 */

/**
 * Resolves when the command ends well.
 * @param {string[]} command program and arguments
 * @param {CommandOptions} options
 * @returns {Promise<void>} rejects with a SetupError that holds the last lines
 */
export async function runCommand([program = "", ...args], { log, signal, onLine, cwd, env }) {
  signal.throwIfAborted();
  mkdirSync(dirname(log), { recursive: true });
  const file = createWriteStream(log, { flags: "a" });
  file.write(`$ ${[program, ...args].join(" ")}\n`);
  /** @type {string[]} */
  const lines = [];
  let rest = "";
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const take = (/** @type {Buffer} */ chunk) => {
    file.write(chunk);
    const parts = (rest + chunk.toString()).split(/\r?\n|\r/);
    rest = parts.pop() ?? "";
    for (const line of parts.filter((part) => part.trim())) {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      onLine?.(line);
    }
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  /** @type {NodeJS.Timeout | undefined} */
  let killTimer;
  const stop = () => {
    signalGroup(child.pid, "SIGTERM");
    killTimer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), grace);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exit, cause) => resolve(exit ?? cause));
    });
    signal.throwIfAborted();
    if (rest.trim()) lines.push(rest);
    if (code !== 0) throw new SetupError(`${program} ended with ${code}`, { lines, log });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") {
      throw new SetupError(`${program} was not found`, { log });
    }
    throw error;
  } finally {
    clearTimeout(killTimer);
    signal.removeEventListener("abort", stop);
    file.end();
  }
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} name
 */
function signalGroup(pid, name) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // The group has ended already.
  }
}
