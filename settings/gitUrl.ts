/** The git repositories of tasks: where they are, and which branch. */

const form = /^https:\/\/([^\s#@/]+)\/([^\s#@]+)#([^\s#]*)$/;

/**
 * What is wrong with a branch, as what its URL must be; undefined if git takes it. What only the repository can tell, such as that
 * `v1` is a tag, is not asked here: branches are called so too.
 */
export function branchFault(branch: string): string | undefined {
  if (/^refs\//.test(branch)) return "a URL with the branch alone behind its #, without refs/";
  // A short one that could be a word or a date may be a branch.
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(branch) || isShortHash(branch))
    return "a URL with a branch behind its #: no push would start a run of a commit";
  const parts = branch.split("/");
  const isRefused =
    branch === "" ||
    branch === "@" ||
    branch === "HEAD" ||
    branch.startsWith("-") ||
    branch.endsWith(".") ||
    /\.\.|@\{|[~^:?*[\\\s]/.test(branch) ||
    [...branch].some((sign) => sign < " " || sign === "\u007f") ||
    parts.some((part) => part === "" || part.startsWith(".") || part.endsWith(".lock"));
  return isRefused ? "a URL with a branch behind its # that git takes" : undefined;
}

const isShortHash = (branch: string): boolean =>
  /^[0-9a-f]{7,39}$/.test(branch) && /\d/.test(branch) && /[a-f]/.test(branch);

/** What is wrong with the URL of a task's repository, as what it must be; undefined if nothing is. */
export function gitUrlFault(given: unknown): string | undefined {
  const [, host = "", path = "", branch = ""] =
    typeof given === "string" ? (form.exec(given) ?? []) : [];
  if (!host) return "an https URL of a GitHub repository with its #branch and no login in it";
  // The commit trigger of a task is declared for GitHub, with a token of GitHub's.
  if (host !== "github.com")
    return "on github.com: commits elsewhere do not start this program's tasks";
  if (!/^[\w-]+\/[\w.-]+$/.test(path))
    return "a URL of an owner and a repository, as in https://github.com/OWNER/NAME.git#main";
  return branchFault(branch);
}

/** The URL with the branch that was meant; undefined where nobody can tell. */
export function meantGitUrl(given: unknown): string | undefined {
  if (typeof given !== "string") return undefined;
  const meant = given.replace("#refs/heads/", "#");
  return meant !== given && gitUrlFault(meant) === undefined ? meant : undefined;
}
