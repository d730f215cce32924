/** git's smart HTTP protocol: one `git http-backend` (CGI) process per request, streamed both ways. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { gitEnvironment } from "./gitCommand";

const headLimit = 64 * 1024;

export interface BackendRequest {
  /** Folder of all repositories. */
  root: string;
  /** Path below `root`, e.g. `/contoso/hello-world.git/git-upload-pack`. */
  path: string;
  query: string;
  user: string;
  request: IncomingMessage;
  response: ServerResponse;
  /** Awaited after git is done and before the client is told so. */
  beforeEnd(): Promise<void>;
}

export interface HttpBackend {
  serve(options: BackendRequest): Promise<void>;
  /** Ends the running processes and waits for them. */
  stop(): Promise<void>;
}

/** Reads the CGI head; what follows it goes back into the stream. */
async function readHead(child: ChildProcess): Promise<Map<string, string>> {
  const { stdout } = child;
  let head = Buffer.alloc(0);
  if (!stdout) throw new Error("git http-backend has no output");
  for (;;) {
    const chunk = stdout.read() as Buffer | null;
    if (chunk === null) {
      if (stdout.readableEnded || stdout.destroyed) {
        throw new Error("git http-backend ended without an answer");
      }
      await Promise.race([once(stdout, "readable"), once(stdout, "end"), once(stdout, "close")]);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      if (head.length > headLimit) throw new Error("git http-backend sent no head");
      continue;
    }
    if (end + 4 < head.length) stdout.unshift(head.subarray(end + 4));
    const lines = head.subarray(0, end).toString("latin1").split("\r\n");
    return new Map(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
  }
}

export function createHttpBackend(): HttpBackend {
  const running = new Set<ChildProcess>();
  let isStopped = false;

  /** git http-backend starts git-receive-pack and others: its group ends them all. */
  const end = (child: ChildProcess, signal: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It ended in between.
    }
  };

  return {
    async serve({ root, path, query, user, request, response, beforeEnd }) {
      if (isStopped) throw new Error("the git host is stopping");
      const header = (name: string): string => String(request.headers[name] ?? "");
      const child = spawn("git", ["http-backend"], {
        detached: true,
        stdio: ["pipe", "pipe", "pipe"],
        env: {
          ...gitEnvironment(root),
          GIT_PROJECT_ROOT: root,
          GIT_HTTP_EXPORT_ALL: "1",
          GIT_PROTOCOL: header("git-protocol"),
          HTTP_CONTENT_ENCODING: header("content-encoding"),
          PATH_INFO: path,
          QUERY_STRING: query,
          REQUEST_METHOD: request.method ?? "GET",
          CONTENT_TYPE: header("content-type"),
          // Absent for a chunked body: git then reads to the end.
          ...(request.headers["content-length"]
            ? { CONTENT_LENGTH: header("content-length") }
            : {}),
          // A name here is what allows pushes.
          REMOTE_USER: user,
          REMOTE_ADDR: "127.0.0.1",
          SERVER_PROTOCOL: "HTTP/1.1",
        },
      });
      running.add(child);
      const exited = new Promise<void>((resolve) => {
        child.once("error", () => resolve());
        child.once("close", () => resolve());
      }).finally(() => running.delete(child));
      let complaint = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        complaint = (complaint + text).slice(-1000);
      });
      const abandon = (): void => {
        if (!response.writableFinished) end(child, "SIGTERM");
      };
      response.once("close", abandon);
      // git may end before it read everything (a refused push): the rest is dropped, so that the
      // client gets to the answer, which says why.
      child.stdin.on("error", () => {
        request.unpipe(child.stdin);
        request.resume();
      });
      request.pipe(child.stdin);
      try {
        const head = await readHead(child);
        const [status = "200"] = (head.get("status") ?? "200").split(" ");
        head.delete("status");
        response.writeHead(Number(status), Object.fromEntries(head));
        await pipeline(child.stdout, response, { end: false });
      } catch (error) {
        throw new Error(complaint.trim() || (error as Error).message, { cause: error });
      } finally {
        if (response.destroyed) abandon();
        await exited;
        await beforeEnd();
      }
      response.end();
    },

    async stop() {
      isStopped = true;
      const children = [...running];
      const ends = children.map((child) => once(child, "close"));
      for (const child of children) end(child, "SIGTERM");
      const timer = setTimeout(() => children.forEach((child) => end(child, "SIGKILL")), 3000);
      await Promise.all(ends);
      clearTimeout(timer);
    },
  };
}
