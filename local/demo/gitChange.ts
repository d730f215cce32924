/** A change by hand in one of the repositories: clone, edit, commit, push, with the real git. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface GitChange {
  /** As in the stack's settings; the part behind `#` is the branch. */
  repository: string;
  /** File in the repository. */
  path: string;
  /** The file's new text. */
  edit(text: string): string;
  message: string;
}

export interface GitChangeOptions {
  /** Variables with which git reaches the local github.com and signs in. */
  environment: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * Makes and pushes one commit.
 * @returns the commit's id
 * @throws Error with git's words; also when the edit changes nothing
 */
export async function pushChange(
  { repository, path, edit, message }: GitChange,
  { environment, signal }: GitChangeOptions,
): Promise<string> {
  const [url = "", branch = "main"] = repository.split("#");
  const folder = mkdtempSync(join(tmpdir(), "gated-imports-git-"));
  const git = async (...args: string[]): Promise<string> => {
    try {
      const { stdout } = await run("git", args, {
        cwd: folder,
        env: { ...process.env, ...environment, ...author },
        signal,
      });
      return stdout.trim();
    } catch (error) {
      signal?.throwIfAborted();
      const { stderr = "", message: words } = error as Error & { stderr?: string };
      const cause = stderr.trim().split("\n").pop() || words;
      throw new Error(`git ${args[0]} of ${url}: ${cause}`, { cause: error });
    }
  };
  try {
    await git("clone", "--quiet", "--depth", "1", "--branch", branch, url, ".");
    const file = join(folder, path);
    const before = readFileSync(file, "utf8");
    const after = edit(before);
    if (after === before) throw new Error(`the edit leaves ${path} of ${url} as it is`);
    writeFileSync(file, after);
    await git("commit", "--quiet", "--all", "--message", message);
    const commit = await git("rev-parse", "HEAD");
    await git("push", "--quiet", "origin", `HEAD:${branch}`);
    return commit;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const author = {
  GIT_AUTHOR_NAME: "Maintainer",
  GIT_AUTHOR_EMAIL: "maintainer@example.com",
  GIT_COMMITTER_NAME: "Maintainer",
  GIT_COMMITTER_EMAIL: "maintainer@example.com",
  // A missing right is an error here, not a question.
  GIT_TERMINAL_PROMPT: "0",
};

/** The Dockerfile with another BACKGROUND_COLOR. @throws Error when it sets none */
export function withBackgroundColour(dockerfile: string, colour: string): string {
  const line = /^(ENV\s+BACKGROUND_COLOR[ =]\s*).*$/m;
  if (!line.test(dockerfile)) throw new Error("the Dockerfile sets no BACKGROUND_COLOR");
  return dockerfile.replace(line, (_, start: string) => `${start}${colour}`);
}
