/** github.com: private repositories over smart HTTP, and the pushes that fire commit triggers. */
import { createHash, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { GitHost, GitPush } from "../contracts/gitHost";
import type { Log, Service } from "../contracts/service";
import { createHttpBackend } from "./httpBackend";
import {
  createRestApi,
  defaultGrants,
  mayManageWebhooks,
  mayRead,
  restHost,
  type TokenGrants,
} from "./restApi";
import { openRepositories, type Repository, type SeedOptions } from "./repositories";

export interface GitHostOptions {
  /** State folder of the local Azure; repositories lie in its `git` folder. */
  stateDir: string;
  /** The personal access token that opens every repository. */
  token: string;
  /** What the token may do; a classic token for all of it unless given. */
  grants?: TokenGrants | undefined;
  log: Log;
}

export interface LocalGitHost extends GitHost {
  service: Service;
  /**
   * Creates a repository from a folder, with one commit on `main`; an existing one stays as it is.
   * Not a push: listeners are not called.
   * @throws when the name or the folder is not usable, or git fails.
   */
  seed(options: SeedOptions): Promise<void>;
}

const services = ["git-upload-pack", "git-receive-pack"];

const sha256 = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();

/** User name and password of a Basic header. */
function credentials(
  authorization: string | undefined,
): { user: string; password: string } | undefined {
  const [, encoded] = /^basic\s+(\S+)$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const [user = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return { user, password: rest.join(":") };
}

/** Owner and name of `https://github.com/OWNER/NAME[.git][#branch[:folder]]`. */
function parseRepositoryUrl(repositoryUrl: string): { owner: string; name: string } | undefined {
  const pattern =
    /^https:\/\/(?:[^@/]*@)?(?:www\.)?github\.com\/([^/#]+)\/([^/#]+?)(?:\.git)?\/?(?:#.*)?$/i;
  const [, owner, name] = pattern.exec(repositoryUrl) ?? [];
  return owner !== undefined && name !== undefined ? { owner, name } : undefined;
}

function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** Opens the git host. Not simulated: web pages, most of the REST API, public repositories, LFS, SSH. */
export function openGitHost(options: GitHostOptions): LocalGitHost {
  const { stateDir, token, grants = defaultGrants, log } = options;
  const root = join(stateDir, "git");
  const repositories = openRepositories(root);
  const backend = createHttpBackend();
  const listeners: ((push: GitPush) => void)[] = [];
  const tokenHash = sha256(token);
  const isToken = (text: string): boolean => timingSafeEqual(sha256(text), tokenHash);

  const restApi = createRestApi({ root, repositories, isToken, grants });

  const isSignedIn = (login: { user: string; password: string }): boolean =>
    isToken(login.password) ||
    (["", "x-oauth-basic"].includes(login.password) && isToken(login.user));

  /** Pushes to one repository follow each other: what changed in between is then one push's doing. */
  const turns = new Map<string, Promise<void>>();
  const inTurn = (key: string, work: () => Promise<void>): Promise<void> => {
    const turn = (turns.get(key) ?? Promise.resolve()).catch(() => undefined).then(work);
    turns.set(key, turn);
    return turn;
  };

  const announce = async (repository: Repository, before: Map<string, string>): Promise<void> => {
    const { owner, name } = repository;
    const repositoryUrl = `https://github.com/${owner}/${name}.git`;
    for (const [branch, commit] of await repositories.branches(repository)) {
      const previousCommit = before.get(branch);
      if (commit === previousCommit) continue;
      log(`git host: ${owner}/${name} ${branch} is now ${commit.slice(0, 12)}`);
      for (const listener of listeners) {
        try {
          listener({ repositoryUrl, branch, commit, previousCommit });
        } catch (error) {
          log(`git host: a push could not be passed on: ${(error as Error).message}`);
        }
      }
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "https://github.com");
    const pattern =
      /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;
    const [, owner = "", name = "", action = ""] = pattern.exec(url.pathname) ?? [];
    const isAdvertisement = action === "info/refs";
    const service = isAdvertisement ? (url.searchParams.get("service") ?? "") : action;
    if (!services.includes(service) || request.method !== (isAdvertisement ? "GET" : "POST")) {
      return sendText(response, 404, "Not Found: only git over smart HTTP is simulated here.\n");
    }

    const login = credentials(request.headers.authorization);
    if (!login || !isSignedIn(login)) {
      response.setHeader("www-authenticate", 'Basic realm="GitHub"');
      const text = login
        ? "Invalid username or token. Password authentication is not supported for Git operations.\n"
        : "Authentication required: every repository is private.\n";
      return sendText(response, 401, text);
    }
    const repository = mayRead(grants) ? repositories.find(owner, name) : undefined;
    if (!repository) return sendText(response, 404, "Repository not found.\n");

    const serve = (beforeEnd: () => Promise<void>): Promise<void> =>
      backend.serve({
        root,
        path: `/${repository.owner}/${repository.name}.git/${action}`,
        query: url.search.slice(1),
        // A token in place of the user name must not reach the environment of a process.
        user: "git",
        request,
        response,
        beforeEnd,
      });
    if (action !== "git-receive-pack") return serve(async () => undefined);
    await inTurn(repository.path, async () => {
      const before = await repositories.branches(repository);
      await serve(() => announce(repository, before));
    });
  };

  return {
    onPush: (listener) => void listeners.push(listener),
    check(repositoryUrl, given) {
      if (given === undefined || !isToken(given) || !mayManageWebhooks(grants))
        return "token refused";
      const parsed = parseRepositoryUrl(repositoryUrl);
      const found = parsed && repositories.find(parsed.owner, parsed.name);
      return found ? "ok" : "no such repository";
    },
    seed: (seedOptions) => repositories.seed(seedOptions),
    service: {
      name: "git host",
      hosts: ["github.com", "www.github.com", restHost],
      handle(request, response) {
        if (request.headers.host?.startsWith(restHost)) return restApi(request, response);
        answer(request, response).catch((error: unknown) => {
          if (response.destroyed) return;
          log(`git host: ${request.method} failed: ${(error as Error).message}`);
          request.resume();
          sendText(response, 500, "The git host failed; its log says why.\n");
        });
      },
      stop: () => backend.stop(),
    },
  };
}
