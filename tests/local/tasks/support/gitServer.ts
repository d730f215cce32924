/** A real git repository behind git's own http-backend, readable with one token, as `/o/r.git`. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { dirname, join } from "node:path";

export interface GitServer {
  handle: RequestListener;
  /** Commits files, and links by their targets, on `main`; returns the commit. */
  commit(files: Record<string, string>, links?: Record<string, string>): string;
}

export function openGitServer(folder: string, token: string): GitServer {
  const bare = join(folder, "o", "r.git");
  const work = join(folder, "work");
  mkdirSync(bare, { recursive: true });
  mkdirSync(work, { recursive: true });
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@example.com",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example.com",
  };
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync("git", args, { cwd, env, stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  git(bare, "init", "--bare", "--initial-branch", "main");
  git(work, "init", "--initial-branch", "main");

  const handle: RequestListener = (request, response) => {
    const login = Buffer.from(
      (request.headers.authorization ?? "").replace(/^Basic /, ""),
      "base64",
    ).toString();
    if (login.split(":")[1] !== token) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    const [path = "", query = ""] = (request.url ?? "").split("?");
    const backend = spawn("git", ["http-backend"], {
      env: {
        ...env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: (request.headers["git-protocol"] as string | undefined) ?? "",
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.once("close", () => {
      const all = Buffer.concat(chunks);
      const end = all.indexOf("\r\n\r\n");
      const headers = new Map(
        all
          .subarray(0, end)
          .toString()
          .split("\r\n")
          .map((line) => line.split(": ") as [string, string]),
      );
      const status = Number.parseInt(headers.get("Status") ?? "200", 10);
      headers.delete("Status");
      response.writeHead(status, Object.fromEntries(headers)).end(all.subarray(end + 4));
    });
  };
  return {
    handle,
    commit(files, links = {}) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(work, path)), { recursive: true });
        writeFileSync(join(work, path), content);
      }
      for (const [path, target] of Object.entries(links)) symlinkSync(target, join(work, path));
      git(work, "add", "--all");
      git(work, "commit", "--allow-empty", "--message", "change");
      git(work, "push", "--quiet", bare, "main");
      return git(work, "rev-parse", "HEAD");
    },
  };
}
