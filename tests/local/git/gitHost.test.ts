// Real git over plain HTTP on loopback; does not prove TLS and host names (the front door's tests do).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import type { GitPush } from "../../../local/contracts/gitHost";
import { openGitHost, type LocalGitHost } from "../../../local/git/gitHost";

const token = "ghp_of_the_test";

describe("git/gitHost", () => {
  let folder: string;
  let host: LocalGitHost;
  let server: Server;
  let port: number;
  let clones = 0;
  const pushes: GitPush[] = [];
  const log: string[] = [];

  interface Result {
    code: number;
    stdout: string;
    stderr: string;
  }
  const git = (cwd: string, ...args: string[]): Promise<Result> =>
    new Promise((resolve) => {
      const env = {
        PATH: process.env["PATH"],
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
        GIT_AUTHOR_NAME: "Ada",
        GIT_AUTHOR_EMAIL: "ada@example.com",
        GIT_COMMITTER_NAME: "Ada",
        GIT_COMMITTER_EMAIL: "ada@example.com",
        ...(args[0] === "-v2" ? { GIT_TRACE_PACKET: "1" } : {}),
      };
      const rest = args[0] === "-v2" ? ["-c", "protocol.version=2", ...args.slice(1)] : args;
      execFile("git", rest, { cwd, env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  const ok = async (cwd: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await git(cwd, ...args);
    assert.equal(code, 0, `git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  const url = (login: string, path = "contoso/hello-world"): string =>
    `http://${login ? `${login}@` : ""}127.0.0.1:${port}/${path}`;
  const clone = async (): Promise<string> => {
    const target = join(folder, `clone${++clones}`);
    await ok(folder, "clone", "--quiet", url(`x:${token}`), target);
    return target;
  };
  const commit = async (work: string, name: string, content: string | Buffer): Promise<string> => {
    writeFileSync(join(work, name), content);
    await ok(work, "add", "--all");
    await ok(work, "commit", "--quiet", "-m", `change ${name}`);
    return ok(work, "rev-parse", "HEAD");
  };

  /** Processes that serve this host, known by their environment. */
  const gitProcesses = (): number =>
    readdirSync("/proc").filter((entry) => {
      try {
        const environment = readFileSync(`/proc/${entry}/environ`, "utf8");
        return environment.includes(`GIT_PROJECT_ROOT=${folder}/`);
      } catch {
        return false;
      }
    }).length;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "gi-"));
    const source = join(folder, "source");
    mkdirSync(source);
    writeFileSync(join(source, "test.sh"), "#!/bin/sh\nexit 0\n");
    chmodSync(join(source, "test.sh"), 0o755);
    writeFileSync(join(source, "Dockerfile"), "FROM scratch\n");
    host = openGitHost({ stateDir: join(folder, "state"), token, log: (line) => log.push(line) });
    host.onPush((push) => pushes.push(push));
    await host.seed({ owner: "contoso", name: "hello-world", folder: source, message: "Start" });
    server = createServer((request, response) => host.service.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => pushes.splice(0));
  after(async () => {
    await host.service.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  it("gives a seeded repository one commit on main and keeps what may be executed", async () => {
    const work = await clone();
    assert.equal(await ok(work, "rev-parse", "--abbrev-ref", "HEAD"), "main");
    const log = await ok(work, "log", "--format=%an <%ae> %s");
    assert.equal(log, "Gated Imports <gated-imports@users.noreply.github.com> Start");
    assert.equal(statSync(join(work, "test.sh")).mode & 0o111, 0o111);
    assert.equal(statSync(join(work, "Dockerfile")).mode & 0o111, 0);
  });

  it("keeps what people pushed when a repository is seeded again", async () => {
    const work = await clone();
    const head = await commit(work, "kept.txt", "mine");
    await ok(work, "push", "--quiet");
    await host.seed({
      owner: "Contoso",
      name: "Hello-World",
      folder: join(folder, "source"),
      message: "Again",
    });
    assert.equal(await ok(work, "ls-remote", "origin", "main"), `${head}\trefs/heads/main`);
  });

  it("refuses to show a private repository to a stranger or to a wrong token", async () => {
    const anonymous = await fetch(`${url("")}.git/info/refs?service=git-upload-pack`);
    assert.equal(anonymous.status, 401);
    assert.equal(anonymous.headers.get("www-authenticate"), 'Basic realm="GitHub"');
    for (const login of ["", "x:wrong", "wrong:x-oauth-basic", `${token}:wrong`]) {
      const { code, stderr } = await git(folder, "ls-remote", url(login));
      assert.notEqual(code, 0, login);
      assert.match(stderr, /could not read Username|Authentication failed/, login);
      assert.ok(!log.join().includes(token));
    }
  });

  it("takes the token as password or as user name", async () => {
    for (const login of [
      `x-access-token:${token}`,
      `ada:${token}`,
      `${token}:x-oauth-basic`,
      `${token}:`,
    ]) {
      assert.match(await ok(folder, "ls-remote", url(login)), /refs\/heads\/main/);
    }
  });

  it("says that a repository was not found, as GitHub does, without making one", async () => {
    for (const path of ["contoso/absent", "nobody/hello-world", "contoso/..%2f..%2fstate"]) {
      const { stderr } = await git(folder, "ls-remote", url(`x:${token}`, path));
      assert.match(stderr, /not found/i, path);
    }
    assert.equal(host.check("https://github.com/contoso/absent.git", token), "no such repository");
  });

  it("tells who may set a webhook", () => {
    const address = "https://github.com/contoso/hello-world.git#main";
    assert.equal(host.check(address, token), "ok");
    assert.equal(host.check("https://github.com/Contoso/Hello-World", token), "ok");
    assert.equal(host.check(address, "other"), "token refused");
    assert.equal(host.check(address, undefined), "token refused");
    assert.equal(host.check("https://gitlab.com/contoso/hello-world", token), "no such repository");
  });

  it("fires once for each branch that a push moved or made, before the push returns", async () => {
    const work = await clone();
    const previousCommit = await ok(work, "rev-parse", "HEAD");
    const head = await commit(work, "colour", "Green");
    await ok(work, "push", "--quiet", "origin", "main", "main:feature/x");
    const repositoryUrl = "https://github.com/contoso/hello-world.git";
    assert.deepEqual(
      [...pushes].sort((a, b) => a.branch.localeCompare(b.branch)),
      [
        { repositoryUrl, branch: "feature/x", commit: head, previousCommit: undefined },
        { repositoryUrl, branch: "main", commit: head, previousCommit },
      ],
    );
  });

  it("stays silent when nothing moved, and when a branch or a tag is all that changed", async () => {
    const work = await clone();
    await ok(work, "push", "--quiet", "origin", "HEAD:refs/heads/gone");
    pushes.splice(0);
    await ok(work, "push", "--quiet", "origin", "main");
    await ok(work, "push", "--quiet", "origin", "--delete", "gone");
    await ok(work, "push", "--quiet", "origin", "HEAD:refs/tags/v1");
    assert.equal(pushes.length, 0);
  });

  it("does not fire for a refused push, and takes a forced one", async () => {
    const work = await clone();
    const other = await clone();
    await commit(other, "first", "1");
    await ok(other, "push", "--quiet");
    pushes.splice(0);
    const head = await commit(work, "second", "2");
    const late = await git(work, "push", "--quiet");
    assert.match(late.stderr, /rejected/);
    assert.equal(pushes.length, 0);
    await ok(work, "push", "--quiet", "--force");
    assert.deepEqual(
      pushes.map((push) => push.commit),
      [head],
    );
  });

  it("moves large content both ways: chunked, and without a body held in memory", async () => {
    const work = await clone();
    const content = randomBytes(8 * 1024 * 1024);
    await commit(work, "large.bin", content);
    await ok(work, "push", "--quiet");
    assert.deepEqual(readFileSync(join(await clone(), "large.bin")), content);
    rmSync(join(work, "large.bin"));
  });

  it("lets ACR fetch one commit alone, over protocol 2", async () => {
    const work = await clone();
    const old = await ok(work, "rev-parse", "HEAD~1");
    const target = join(folder, `clone${++clones}`);
    await ok(folder, "init", "--quiet", target);
    const fetched = await git(target, "-v2", "fetch", "--depth=1", url(`x:${token}`), old);
    assert.equal(fetched.code, 0, fetched.stderr);
    assert.match(fetched.stderr, /< version 2/);
    assert.equal(await ok(target, "rev-list", "--count", "FETCH_HEAD"), "1");
  });

  it("tells pushes to one branch that come at the same time apart", async () => {
    const works = await Promise.all([clone(), clone(), clone()]);
    const heads = await Promise.all(works.map((work, index) => commit(work, `c${index}`, "x")));
    const outcomes = await Promise.all(
      works.map((work) => git(work, "push", "--quiet", "--force")),
    );
    const landed = heads.filter((_, index) => outcomes[index]?.code === 0);
    assert.deepEqual(pushes.map((push) => push.commit).sort(), landed.sort());
  });

  it("ends a push that hangs when the local Azure stops", async () => {
    const socket = connect(port, "127.0.0.1");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const login = Buffer.from(`x:${token}`).toString("base64");
    socket.write(
      "POST /contoso/hello-world.git/git-receive-pack HTTP/1.1\r\nhost: github.com\r\n" +
        `authorization: Basic ${login}\r\ncontent-length: 1000\r\n` +
        "content-type: application/x-git-receive-pack-request\r\n\r\n0094",
    );
    for (const end = Date.now() + 5000; gitProcesses() === 0 && Date.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.ok(gitProcesses() > 0);
    await host.service.stop();
    assert.equal(gitProcesses(), 0);
    socket.destroy();
    await closed;
  });

  it("says what is wrong with a repository that cannot be made", async () => {
    const source = join(folder, "source");
    const seed = { owner: "contoso", name: "x", folder: source, message: "m" };
    await assert.rejects(
      host.seed({ ...seed, name: "../x" }),
      /'contoso\/\.\.\/x' is not a repository name/,
    );
    await assert.rejects(host.seed({ ...seed, folder: "/nowhere" }), /no such folder/);
  });
});
