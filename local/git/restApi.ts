/** api.github.com: what can be asked about a repository before a task is made on it. Changes nothing. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { gitEnvironment, runGit } from "./gitCommand";
import type { Repositories, Repository } from "./repositories";

export const restHost = "api.github.com";

/** What a token may do. GitHub tells the scopes of a classic token; of a fine-grained one it tells nothing. */
export interface TokenGrants {
  /** Of a classic token. */
  scopes?: string[];
  /** Of a fine-grained one: whether it reads and writes webhooks. */
  webhooks?: boolean;
}

/** Scopes any of which is enough to manage webhooks of a private repository. */
const hookScopes = ["repo", "admin:repo_hook", "write:repo_hook"];

export const defaultGrants: TokenGrants = { scopes: ["repo", "admin:repo_hook"] };

export const mayRead = ({ scopes }: TokenGrants): boolean => scopes?.includes("repo") ?? true;

export const mayManageWebhooks = ({ scopes, webhooks = false }: TokenGrants): boolean =>
  scopes?.some((scope) => hookScopes.includes(scope)) ?? webhooks;

interface Reply {
  status: number;
  body: unknown;
}

const refusal = (status: number, message: string): Reply => ({
  status,
  body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) },
});
const notFound = refusal(404, "Not Found");

export interface RestApiOptions {
  root: string;
  repositories: Repositories;
  isToken(text: string): boolean;
  grants: TokenGrants;
}

/** A handler for `api.github.com`. */
export function createRestApi({ root, repositories, isToken, grants }: RestApiOptions) {
  const environment = gitEnvironment(root);

  async function answer(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? "/", `https://${restHost}`);
    const { authorization = "" } = request.headers;
    if (!request.headers["user-agent"])
      return refusal(
        403,
        "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).",
      );
    const [, token] = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization) ?? [];
    if (authorization && !(token && isToken(token))) return refusal(401, "Bad credentials");
    if (request.method !== "GET") return notFound;
    if (url.pathname === "/user")
      return token
        ? { status: 200, body: { login: "gated-imports", id: 1, type: "User" } }
        : refusal(401, "Requires authentication");

    const [, owner = "", name = "", rest] =
      /^\/repos\/([^/]+)\/([^/]+)(?:\/(.+))?$/.exec(url.pathname) ?? [];
    const repository = token && mayRead(grants) ? repositories.find(owner, name) : undefined;
    // A private repository is not there for who may not see it.
    if (!repository) return notFound;
    return rest === undefined
      ? describe(repository)
      : below(repository, rest, url.searchParams.get("ref") ?? "main");
  }

  const describe = ({ owner, name }: Repository): Reply => ({
    status: 200,
    body: {
      name,
      full_name: `${owner}/${name}`,
      private: true,
      owner: { login: owner },
      html_url: `https://github.com/${owner}/${name}`,
      default_branch: "main",
      permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
    },
  });

  async function below(repository: Repository, rest: string, ref: string): Promise<Reply> {
    const [area, ...words] = rest.split("/").map(decodeURIComponent);
    const path = words.join("/");
    const branches = await repositories.branches(repository);
    if (area === "branches" && path !== "") {
      const sha = branches.get(path);
      if (!sha) return refusal(404, "Branch not found");
      return { status: 200, body: { name: path, commit: { sha }, protected: false } };
    }
    if (area === "contents" && path !== "") {
      const commit = branches.get(ref);
      return commit
        ? content(repository, commit, path)
        : refusal(404, `No commit found for the ref ${ref}`);
    }
    if (area === "hooks" && path === "") {
      if (mayManageWebhooks(grants)) return { status: 200, body: [] };
      return grants.scopes
        ? notFound
        : refusal(403, "Resource not accessible by personal access token");
    }
    return notFound;
  }

  /** A file; folders are not listed here. */
  async function content(repository: Repository, commit: string, path: string): Promise<Reply> {
    const git = (...words: string[]): Promise<string> =>
      runGit(["--git-dir", repository.path, ...words], environment);
    const entry = await git("ls-tree", commit, "--", path);
    const [, sha] = /^\d+ blob ([0-9a-f]+)\t/.exec(entry) ?? [];
    if (!sha) return notFound;
    const size = Number(await git("cat-file", "-s", sha));
    return {
      status: 200,
      body: { type: "file", name: path.split("/").at(-1), path, sha, size },
    };
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    const send = ({ status, body }: Reply): void => {
      const authorization = request.headers.authorization;
      const told = grants.scopes && authorization && status !== 401;
      response.writeHead(status, {
        "content-type": "application/json; charset=utf-8",
        ...(told ? { "x-oauth-scopes": grants.scopes?.join(", ") } : {}),
      });
      response.end(JSON.stringify(body));
    };
    answer(request).then(send, () => send(refusal(500, "The git host failed.")));
  };
}
