/** The bare repositories of the git host, as OWNER/NAME.git folders. */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { gitEnvironment, runGit } from "./gitCommand";

export interface Repository {
  owner: string;
  name: string;
  /** Folder of the bare repository. */
  path: string;
}

export interface SeedOptions {
  owner: string;
  name: string;
  /** Folder whose content becomes the first commit; absolute. Its `.gitignore` counts. */
  folder: string;
  /** Message of the first commit. */
  message: string;
}

export interface Repositories {
  /** Finds a repository; like GitHub's, names match in any case. */
  find(owner: string, name: string): Repository | undefined;
  /** Creates a repository with one commit on `main`; one that has a `main` already stays as it is. */
  seed(options: SeedOptions): Promise<void>;
  /** Branches and the commits they name. */
  branches(repository: Repository): Promise<Map<string, string>>;
}

const ownerName = /^[A-Za-z0-9](?:-?[A-Za-z0-9])*$/;
const repositoryName = /^(?!\.{1,2}$)[\w.-]+$/;

const identity = {
  GIT_AUTHOR_NAME: "Gated Imports",
  GIT_AUTHOR_EMAIL: "gated-imports@users.noreply.github.com",
  GIT_COMMITTER_NAME: "Gated Imports",
  GIT_COMMITTER_EMAIL: "gated-imports@users.noreply.github.com",
};

/** What GitHub allows and git does not by default; and no clean-up process that outlives a push. */
const repositorySettings = {
  "uploadpack.allowAnySHA1InWant": "true",
  "uploadpack.allowFilter": "true",
  "receive.autogc": "false",
  "core.logAllRefUpdates": "false",
};

function match(folder: string, name: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const wanted = name.toLowerCase();
  return readdirSync(folder).find((entry) => entry.toLowerCase() === wanted);
}

/** Opens the repositories below `root`. */
export function openRepositories(root: string): Repositories {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const environment = gitEnvironment(root);

  const find: Repositories["find"] = (owner, name) => {
    if (!ownerName.test(owner) || !repositoryName.test(name)) return undefined;
    const ownerFolder = match(root, owner);
    if (ownerFolder === undefined) return undefined;
    const folder = match(join(root, ownerFolder), `${name}.git`);
    if (folder === undefined) return undefined;
    const path = join(root, ownerFolder, folder);
    return { owner: ownerFolder, name: folder.slice(0, -".git".length), path };
  };

  const branches: Repositories["branches"] = async ({ path }) => {
    const format = "--format=%(objectname) %(refname:lstrip=2)";
    const text = await runGit(
      ["--git-dir", path, "for-each-ref", format, "refs/heads"],
      environment,
    );
    const lines = text === "" ? [] : text.split("\n");
    return new Map(
      lines.map((line) => [line.slice(line.indexOf(" ") + 1), line.split(" ")[0] ?? ""]),
    );
  };

  return {
    find,
    branches,
    async seed({ owner, name, folder, message }) {
      if (!ownerName.test(owner) || !repositoryName.test(name) || name.endsWith(".git")) {
        throw new Error(
          `'${owner}/${name}' is not a repository name; use letters, digits and '-' as in contoso/hello-world`,
        );
      }
      if (!isAbsolute(folder) || !existsSync(folder)) {
        throw new Error(
          `${owner}/${name} cannot be made from '${folder}': there is no such folder`,
        );
      }
      const existing = find(owner, name);
      if (existing && (await branches(existing).catch(() => new Map())).has("main")) return;

      const path = existing?.path ?? join(root, match(root, owner) ?? owner, `${name}.git`);
      // A folder without `main` is what an interrupted seed left.
      rmSync(path, { recursive: true, force: true });
      await runGit(
        ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", path],
        environment,
      );
      for (const [key, value] of Object.entries(repositorySettings)) {
        await runGit(["--git-dir", path, "config", key, value], environment);
      }
      const index = join(path, "seed-index");
      const git = (...args: string[]): Promise<string> =>
        runGit(["--git-dir", path, "--work-tree", folder, "-C", folder, ...args], {
          ...environment,
          ...identity,
          GIT_INDEX_FILE: index,
        });
      await git("add", "--all", ".");
      const tree = await git("write-tree");
      const commit = await git("commit-tree", tree, "-m", message);
      await git("update-ref", "refs/heads/main", commit);
      rmSync(index, { force: true });
    },
  };
}
