// Real podman and buildah on a real registry: what a task file can rely on when it names an image by its digest.
import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent } from "../../../local/contracts/containers";
import { fullName } from "../../../local/containers/agent";
import { type Containers, openContainers } from "../../../local/containers/host";
import { clientEnvironment } from "../../../local/frontdoor/clientEnvironment";
import { openFrontDoor } from "../../../local/frontdoor/frontDoor";
import { openRig, type Rig } from "../registry/registryRig";
import { azureCliForTests } from "../tools";

const server = "contoso.azurecr.io";
const node = `${server}/node`;

describe("containers/digests", function () {
  this.timeout(60_000);
  let rig: Rig;
  let door: Awaited<ReturnType<typeof openFrontDoor>>;
  let containers: Containers;
  let agent: Agent;
  let [older, newer] = ["", ""];
  let text = "";
  const output = (chunk: Buffer): void => void (text += chunk.toString());
  const good = async (code: Promise<number>): Promise<void> => assert.equal(await code, 0, text);
  const docker = (...args: string[]): Promise<number> => agent.docker(args, { output });
  const build = (dockerfile: string, tag: string): Promise<number> => {
    writeFileSync(join(agent.workspace, "Dockerfile"), dockerfile);
    return agent.build(["-t", tag, "."], { cwd: agent.workspace, output });
  };
  let opened = 0;
  async function open(): Promise<void> {
    agent = await containers.openAgent(`run${++opened}`);
    await agent.login(server, rig.registries.openRunLogin(server));
  }

  before(async () => {
    rig = await openRig();
    rig.addRegistry("contoso");
    const services = [rig.registries.service];
    door = await openFrontDoor({ stateDir: rig.stateDir, services, log: () => undefined });
    containers = await openContainers({
      stateDir: rig.stateDir,
      azureCli: azureCliForTests(),
      clientEnvironment: () => clientEnvironment(door),
      log: () => undefined,
    });
    await open();
    copyFileSync("/bin/busybox", join(agent.workspace, "busybox"));
    for (const colour of ["Red", "Green"]) {
      const file = `FROM scratch\nCOPY busybox /bin/sh\nENV COLOUR=${colour}\n`;
      await good(build(file, `${node}:22`));
      await good(agent.push(`${node}:22`, { output }));
    }
    [older = "", newer = ""] = rig.pushes.map(({ digest }) => digest);
    // The layers that all runs share hold the older image, as they hold the upstream one: without a name.
    const login = rig.registries.openRunLogin(server);
    await containers.layers.login(server, login);
    for (const args of [
      ["pull", `${node}@${older}`],
      ["untag", `${node}@${older}`],
    ]) {
      const asked = await containers.layers.ask(args);
      assert.equal(asked.code, 0, asked.text);
    }
  });
  beforeEach(async () => {
    await open();
    text = "";
  });
  after(async () => {
    await containers.stop();
    await door.close();
    await rig.close();
  });

  it("tags by digest exactly what this run pulled, so that a list of rejected digests can be told", async () => {
    assert.notEqual(older, newer);
    await good(build(`FROM ${node}:22\nENV TESTED=yes\n`, `${server}/test:1`));
    await good(docker("tag", `${node}@${newer}`, `${server}/found:1`));
    assert.equal(await agent.digest(`${server}/found:1`), newer);
    assert.notEqual(await docker("tag", `${node}@${older}`, `${server}/found:2`), 0);
    assert.match(text, /image not known|no such image/);
    assert.equal(await agent.digest(`${server}/found:2`), undefined);
  });

  it("lets a rejected digest take the place of the test image", async () => {
    await good(build(`FROM ${node}:22\nENV TESTED=yes\n`, `${server}/test:1`));
    await good(docker("tag", `${node}@${newer}`, `${server}/test:1`));
    const step = { name: "gate", image: `${server}/test:1`, args: ["/bin/sh", "-c", "exit 0"] };
    const run = agent.run({ ...step, entryPoint: "/test/test.sh" }, { output });
    assert.notEqual(await run, 0, "there is no test in the base image");
  });

  it("pulls by digest what the tag no longer names, and pushes it back under the tag", async () => {
    await good(docker("pull", `${node}@${older}`));
    await good(docker("tag", `${node}@${older}`, `${server}/stable:22`));
    await good(agent.push(`${server}/stable:22`, { output }));
    assert.deepEqual([rig.pushes.at(-1)?.repository, rig.pushes.at(-1)?.digest], ["stable", older]);
    assert.equal(await agent.digest(`${node}@${older}`), older);
  });

  it("builds from a tag pinned to a digest, whatever the tag names now", async () => {
    await good(
      build(
        `FROM ${node}:22@${older}\nCMD ["/bin/sh", "-c", "echo $COLOUR"]\n`,
        `${server}/pinned:1`,
      ),
    );
    await good(agent.run({ name: "pinned", image: `${server}/pinned:1`, args: [] }, { output }));
    assert.match(text, /Red/);
  });

  it("knows an image by its full name, whichever way a task writes it", () => {
    for (const [given, full] of [
      ["node@d", "docker.io/library/node@d"],
      ["docker.io/node:22@d", "docker.io/library/node@d"],
      ["team/app@d", "docker.io/team/app@d"],
      ["contoso.azurecr.io/node:22@d", "contoso.azurecr.io/node@d"],
      ["localhost:5000/app@d", "localhost:5000/app@d"],
    ] as const) {
      assert.equal(fullName(given), full);
    }
  });
});
