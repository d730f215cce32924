// @ts-check
/**
 * The version of a program on PATH, remembered until the program changes: asking takes a part of a
 * second each, too much for every command.
 */
import { execFile } from "node:child_process";
import {
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * First `N.N.N` of what `program ...args` prints, `undefined` when it does not run or print one.
 * @param {string} program absolute path
 * @param {string[]} args
 * @param {string} cache folder where the answer is remembered
 * @returns {Promise<string | undefined>}
 */
export async function toolVersion(program, args, cache) {
  const path = join(cache, "versions.json");
  const target = realpathSync(program);
  const { mtimeMs, size } = statSync(target);
  const key = `${program} -> ${target} ${mtimeMs} ${size}`;
  const known = read(path);
  if (known[key]) return known[key];
  const version = await ask(program, args, cache);
  if (version) {
    mkdirSync(dirname(path), { recursive: true });
    const aside = `${path}.${process.pid}`;
    writeFileSync(aside, JSON.stringify({ ...read(path), [key]: version }, undefined, 1));
    renameSync(aside, path);
  }
  return version;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cache
 */
async function ask(program, args, cache) {
  // Asking must not leave a trace in the person's home, nor reach for the network.
  const env = {
    ...process.env,
    AZURE_CONFIG_DIR: join(cache, "azure-config"),
    AZURE_CORE_COLLECT_TELEMETRY: "false",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  try {
    const { stdout, stderr } = await run(program, args, { timeout: 30_000, env });
    return /\d+\.\d+\.\d+/.exec(`${stdout}\n${stderr}`)?.[0];
  } catch {
    return undefined;
  }
}

/**
 * @param {string} path
 * @returns {Record<string, string>}
 */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return {};
  }
}

/**
 * Whether version `a` is `b` or newer, by its numbers.
 * @param {string} a
 * @param {string} b
 */
export function isAtLeast(a, b) {
  const numbers = (/** @type {string} */ text) => text.split(".").map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (const [index, wanted] of right.entries()) {
    const given = left[index] ?? 0;
    if (given !== wanted) return given > wanted;
  }
  return true;
}
