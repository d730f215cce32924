// Real podman and buildah, no registry: what pulls and pushes do is shown by the registry and workflow tests.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Agent } from "../../../local/contracts/containers";
import { onLoopback } from "../../../local/containers/agent";
import { type Containers, openContainers } from "../../../local/containers/host";
import { mountsAt } from "../../../local/containers/leftovers";
import { azureCliForTests } from "../tools";

describe("containers/agent", function () {
  this.timeout(60_000);
  let stateDir: string;
  let containers: Containers;
  let agent: Agent;
  let text = "";
  const output = (chunk: Buffer): void => void (text += chunk.toString());

  before(async () => {
    stateDir = mkdtempSync(join(tmpdir(), "gi-"));
    containers = await openContainers({
      stateDir,
      azureCli: azureCliForTests(),
      clientEnvironment: () => ({}),
      log: () => {},
    });
    agent = await containers.openAgent("run1");
    copyFileSync("/bin/busybox", join(agent.workspace, "busybox"));
    const dockerfile = "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n";
    writeFileSync(join(agent.workspace, "Dockerfile"), dockerfile);
    const code = await agent.build(["-t", "test.azurecr.io/box:1", "."], {
      cwd: agent.workspace,
      output,
    });
    assert.equal(code, 0, text);
  });
  beforeEach(() => (text = ""));
  after(async () => {
    await containers.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  const box = (name: string, command: string): Parameters<Agent["run"]>[0] => ({
    name,
    image: "test.azurecr.io/box:1",
    args: ["/bin/busybox", "sh", "-c", command],
  });

  it("gives a step's exit code back, so that a failing gate fails the run", async () => {
    assert.equal(await agent.run(box("bad", "exit 3"), { output }), 3);
  });

  it("lets steps share files under /workspace and settings under the home folder", async () => {
    await agent.run(box("writer", "echo one > /workspace/f; echo two > $HOME/g"), { output });
    await agent.run(box("reader", "/bin/busybox cat /workspace/f /acb/home/g"), { output });
    assert.match(text, /one\s+two/);
  });

  it("passes a step's environment through a file, not on a command line", async () => {
    const step = { ...box("env", "echo got $COLOUR"), env: ["COLOUR=Green"] };
    await agent.run(step, { output });
    assert.match(text, /got Green/);
  });

  it("lets a later step reach a detached one by its name", async () => {
    const server = { ...box("server", "/bin/busybox httpd -f -p 8080 -h /bin"), detach: true };
    assert.equal(await agent.run(server, { output }), 0, text);
    const wget =
      "for i in 1 2 3 4 5 6 7 8 9; do /bin/busybox wget -q -O /dev/null server:8080/sh && exit 0; /bin/busybox sleep 0.1; done; exit 1";
    assert.equal(await agent.run(box("client", wget), { output }), 0, text);
  });

  it("kills the container of a step that is aborted", async () => {
    const abort = new AbortController();
    const started = (): void => abort.abort();
    const code = await agent.run(box("long", "echo on; /bin/busybox sleep 60"), {
      output: started,
      signal: abort.signal,
    });
    assert.notEqual(code, 0);
    assert.notEqual(
      await agent.run(box("long", "true"), { output }),
      125,
      "the name is free again",
    );
  });

  it("runs the machine's azure-cli where a task names Microsoft's image", async () => {
    const image = "mcr.microsoft.com/acr/azure-cli:2ff604c";
    const code = await agent.run({ name: "az", image, args: ["version", "-o", "tsv"] }, { output });
    assert.equal(code, 0, text);
    assert.match(text, /^\d+\.\d+\.\d+/m);
  });

  it("refuses a docker sub-command it does not do by its name", async () => {
    await assert.rejects(
      agent.docker(["swarm", "init"], { output }),
      /"docker swarm" is not supported/,
    );
  });

  it("publishes a step's ports on 127.0.0.1 alone", () => {
    assert.deepEqual(["80", "8080:80", "0.0.0.0:8080:80/udp"].map(onLoopback), [
      "127.0.0.1::80",
      "127.0.0.1:8080:80",
      "127.0.0.1:8080:80/udp",
    ]);
  });

  it("leaves no mount behind of a Dockerfile that is FROM alone", async () => {
    const other = await containers.openAgent("run3");
    const cwd = other.workspace;
    copyFileSync("/bin/busybox", join(cwd, "busybox"));
    writeFileSync(join(cwd, "Dockerfile"), "FROM scratch\nCOPY busybox /bin/busybox\n");
    assert.equal(await other.build(["-t", "base:1", "."], { cwd, output }), 0, text);
    writeFileSync(join(cwd, "Dockerfile"), "FROM base:1\n");
    assert.equal(await other.build(["-t", "same:1", "."], { cwd, output }), 0, text);
    await other.close();
    assert.deepEqual(mountsAt(join(stateDir, "containers/agents/run3")), []);
    assert.equal(existsSync(join(stateDir, "containers/agents/run3")), false);
  });

  it("removes the run's containers, images and files when it closes", async () => {
    const other = await containers.openAgent("run2");
    await other.docker(["images"], { output });
    await other.close();
    assert.equal(existsSync(join(stateDir, "containers/agents/run2")), false);
    assert.deepEqual(mountsAt(join(stateDir, "containers/agents/run2")), []);
    assert.doesNotMatch(text, /box/, "an agent starts without images of other runs");
  });
});
