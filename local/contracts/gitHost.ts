/** github.com, as the other services see it. */

export interface GitPush {
  /** `https://github.com/OWNER/NAME.git` */
  repositoryUrl: string;
  branch: string;
  /** Commit the branch names now. */
  commit: string;
  previousCommit?: string;
}

export interface GitHost {
  /** Called once per branch that a push moved (not for deletions). */
  onPush(listener: (push: GitPush) => void): void;
  /** Whether the token may register a webhook on the repository: what ACR needs for a source trigger. */
  check(
    repositoryUrl: string,
    token: string | undefined,
  ): "ok" | "no such repository" | "token refused";
}
