/** The source of a run: a shallow checkout of the task's git context, with the real git. */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { messageOf, RunFailed } from "./failure";
import { gitContextOf, type GitContext } from "./definition";
import { asFailure } from "./runInputs";

export interface SourceOptions {
  /** A task's contextPath: `https://HOST/OWNER/NAME.git#REF:FOLDER`. */
  contextPath: string;
  /** Token of a private repository; goes to git through its environment. */
  token?: string;
  /** Commit to take instead of the tip of the context's branch. */
  commit?: string;
  /** Empty folder to fill. */
  folder: string;
  /** Proxy and CA variables. */
  environment: Record<string, string>;
  signal: AbortSignal;
}

export interface Source {
  commit: string;
  /** Empty when the context names a commit. */
  branch: string;
}

interface GitAnswer {
  code: number | null;
  out: string;
  errors: string;
}

type Git = (...args: string[]) => Promise<GitAnswer>;

const isCommit = (ref: string): boolean => /^[0-9a-f]{40}$/i.test(ref);

/** git's settings through its environment: a command line could be read by every process. */
function gitEnvironment({ url }: GitContext, options: SourceOptions): NodeJS.ProcessEnv {
  const login = Buffer.from(`x-access-token:${options.token ?? ""}`).toString("base64");
  const settings = {
    "safe.directory": "*",
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.http.allow": "always",
    "advice.detachedHead": "false",
    ...(options.token
      ? { [`http.${new URL(url).origin}/.extraHeader`]: `Authorization: Basic ${login}` }
      : {}),
  };
  const entries = Object.entries(settings);
  return {
    PATH: process.env.PATH,
    LANG: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    ...options.environment,
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([name, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, name],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

function gitIn(cwd: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Git {
  return (...args) =>
    new Promise((settle, reject) => {
      const child = spawn("git", args, { cwd, env, signal, stdio: ["ignore", "pipe", "pipe"] });
      let [out, errors] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
      child.once("error", reject);
      child.once("close", (code) => settle({ code, out: out.trim(), errors: errors.trim() }));
    });
}

/** Why git could not fetch, in words that name what to change. */
function fetchFailure(context: GitContext, ref: string, answer: GitAnswer): RunFailed {
  const { url } = context;
  const { errors } = answer;
  if (/couldn't find remote ref|not our ref/i.test(errors)) {
    const kind = isCommit(ref) ? "commit" : "branch or tag";
    return new RunFailed(
      `${kind} "${ref}" is not in ${url}; push it or change the task's context or commit`,
    );
  }
  if (/Authentication failed|could not read Username|error: 40[13]/i.test(errors)) {
    return new RunFailed(
      `${url} refused the task's git token; give the task a contextAccessToken that can read it`,
    );
  }
  if (/not found/i.test(errors)) {
    return new RunFailed(
      `repository ${url} was not found, or the task's git token cannot see it; check the task's context and token`,
    );
  }
  const line = errors.split("\n").filter(Boolean).at(-1) ?? `git ended with code ${answer.code}`;
  return new RunFailed(`${url} could not be cloned: ${line}`);
}

/** A ref's tip without its history; a commit that the server gives only as part of a branch costs that branch. */
async function fetch(git: Git, context: GitContext, commit?: string): Promise<void> {
  const ref = commit ?? context.ref ?? "HEAD";
  const tip = await git("fetch", "--quiet", "--depth", "1", "origin", ref);
  if (tip.code === 0) {
    await git("checkout", "--quiet", "--force", "FETCH_HEAD");
    return;
  }
  if (!isCommit(ref)) throw fetchFailure(context, ref, tip);
  const all = await git("fetch", "--quiet", "origin");
  if (all.code !== 0) throw fetchFailure(context, ref, all);
  const checkout = await git("checkout", "--quiet", "--force", ref);
  if (checkout.code !== 0) throw fetchFailure(context, ref, tip);
}

async function branchOf(git: Git, { ref }: GitContext): Promise<string> {
  if (ref !== undefined) return isCommit(ref) ? "" : ref;
  const { out } = await git("ls-remote", "--symref", "origin", "HEAD");
  return /^ref: refs\/heads\/(\S+)\s+HEAD$/m.exec(out)?.[1] ?? "";
}

/** Checks the source out. @throws {RunFailed} naming the URL, branch or folder that is at fault. */
export async function checkOut(options: SourceOptions): Promise<Source> {
  const { contextPath, folder, commit, signal } = options;
  const context = asFailure(() => gitContextOf(contextPath));
  if (!context) {
    throw new RunFailed(
      `the task's context "${contextPath}" is no git repository; set it to https://HOST/OWNER/NAME.git#BRANCH`,
    );
  }
  const root = context.folder === undefined ? folder : mkdtempSync(`${folder}-source-`);
  try {
    const git = gitIn(root, gitEnvironment(context, options), signal);
    await git("init", "--quiet");
    await git("remote", "add", "origin", context.url);
    await fetch(git, context, commit);
    if (existsSync(join(root, ".gitmodules"))) {
      const modules = await git("submodule", "update", "--init", "--recursive", "--depth", "1");
      if (modules.code !== 0) throw fetchFailure(context, "HEAD", modules);
    }
    const head = await git("rev-parse", "HEAD");
    if (context.folder !== undefined) copyFolder(root, context, folder);
    return { commit: head.out, branch: await branchOf(git, context) };
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new Error(`git cannot be started (${messageOf(error)}); run: apt-get install git`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    if (root !== folder) rmSync(root, { recursive: true, force: true });
  }
}

function copyFolder(root: string, context: GitContext, target: string): void {
  const from = resolve(root, context.folder ?? ".");
  if (!`${from}${sep}`.startsWith(`${root}${sep}`) || !existsSync(from)) {
    throw new RunFailed(`folder "${context.folder}" is not in ${context.url}; check the context`);
  }
  cpSync(from, target, { recursive: true, verbatimSymlinks: true });
}
