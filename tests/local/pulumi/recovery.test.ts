// Does not prove that a terminal's Ctrl-C reaches us, only what happens once it did.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { DeploymentFailed } from "../../../local/pulumi/stack";
import { lockHolder } from "../../workflow/interruptions/operation";
import { eventually, openRig, type Rig } from "./rig";

const never = new Promise<void>(() => undefined);
const isRun = ({ method, url }: { method: string; url: string }): boolean =>
  method === "PUT" && url.includes("/taskRuns/");

describe("a stack after an operation that did not end well", function () {
  this.timeout(60_000);
  let rig: Rig;
  beforeEach(async () => (rig = await openRig("firstRun")));
  afterEach(() => rig.close());

  it("names the failed run, keeps what exists, and repairs it with the next up", async () => {
    const stack = await rig.openStack();
    const status = "https://management.azure.com/operations/1?api-version=2019-06-01-preview";
    let failing = true;
    rig.azure.intercept = ({ method, url, body }) => {
      if (url === status)
        return {
          status: 200,
          body: { status: "Failed", error: { code: "TaskRunFailed", message: "run cb7 failed" } },
        };
      if (!failing || !isRun({ method, url })) return undefined;
      const id = new URL(url).pathname;
      rig.azure.resources.set(id.toLowerCase(), { ...body, id, name: "first-run" });
      return {
        status: 201,
        headers: { "azure-asyncoperation": status, "retry-after-ms": "10" },
        body: { ...body, id },
      };
    };
    await assert.rejects(stack.up(), (error: unknown) => {
      assert.ok(error instanceof DeploymentFailed);
      assert.match(error.message, /^up failed: run: .*TaskRunFailed: run cb7 failed/s);
      return true;
    });
    failing = false;
    rig.azure.requests.length = 0;
    await stack.up();
    assert.deepEqual(
      rig.azure.requests
        .filter(({ method }) => method === "PUT")
        .map(({ url }) => new URL(url).pathname.split("/").at(-1)),
      ["first-run"],
    );
  });

  it("is free and usable after an interrupt in the middle of a long operation", async () => {
    const stack = await rig.openStack();
    const abort = new AbortController();
    rig.azure.intercept = (request) => {
      if (!isRun(request)) return undefined;
      setTimeout(() => abort.abort(), 10);
      return { status: 200, after: never };
    };
    await assert.rejects(
      stack.up({ signal: abort.signal }),
      (error: unknown) => error instanceof DeploymentFailed && error.interrupted,
    );
    rig.azure.intercept = undefined;
    await stack.up();
    assert.equal((await stack.preview()).upToDate, true);
  });

  it("keeps what Azure was making when the interrupt came", async () => {
    const stack = await rig.openStack();
    const abort = new AbortController();
    rig.azure.intercept = (request) => {
      if (request.method !== "PUT" || !/\/registries\/acrone\?/.test(request.url)) return undefined;
      const id = new URL(request.url).pathname;
      const body = { ...request.body, id, name: "acrone" };
      rig.azure.resources.set(id.toLowerCase(), body);
      abort.abort();
      return { status: 201, body, after: new Promise((resolve) => setTimeout(resolve, 200)) };
    };
    await assert.rejects(
      stack.up({ signal: abort.signal }),
      (error: unknown) => error instanceof DeploymentFailed && error.interrupted,
    );
    rig.azure.intercept = undefined;
    await stack.up();
    assert.equal((await stack.preview()).upToDate, true);
  });

  it("goes on after the engine was killed, with what Azure made meanwhile", async () => {
    const stack = await rig.openStack();
    rig.azure.intercept = (request) => {
      if (request.method !== "PUT" || !/\/registries\/acrone\?/.test(request.url)) return undefined;
      const id = new URL(request.url).pathname;
      rig.azure.resources.set(id.toLowerCase(), { ...request.body, id, name: "acrone" });
      return { status: 200, after: never };
    };
    const failed = assert.rejects(stack.up());
    await eventually("the registry's PUT", () =>
      [...rig.azure.resources.keys()].find((id) => id.endsWith("/registries/acrone")),
    );
    process.kill(lockHolder(rig.stateDir) ?? assert.fail("nobody has the lock"), "SIGKILL");
    await failed;
    rig.azure.intercept = undefined;
    const again = await rig.openStack();
    await again.up();
    assert.equal((await again.preview()).upToDate, true);
    await again.destroy();
    assert.deepEqual([...rig.azure.resources.keys()], []);
  });

  it("can be read after the engine was killed while it wrote its files", async () => {
    await (await rig.openStack()).up();
    const folder = join(rig.stateDir, "pulumi", ".pulumi", "stacks");
    const sidecars = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(({ name }) => name.endsWith(".attrs"))
      .map(({ parentPath, name }) => join(parentPath, name));
    assert.ok(sidecars.length > 0, "Pulumi keeps its files otherwise by now");
    for (const file of sidecars) writeFileSync(file, "");
    const again = await rig.openStack();
    await again.up();
    assert.equal((await again.preview()).upToDate, true);
  });

  it("goes on after the providers went away in a create, with what Azure made meanwhile", async () => {
    const port = Number(/azure-native:(\d+)/.exec(rig.debugProviders)?.[1]);
    const relay = await openRelay(port);
    const through = rig.debugProviders.replace(
      `azure-native:${port}`,
      `azure-native:${relay.port}`,
    );
    const stack = await rig.openStack(through);
    rig.azure.intercept = (request) => {
      if (request.method !== "PUT" || !/\/registries\/acrone\?/.test(request.url)) return undefined;
      const id = new URL(request.url).pathname;
      rig.azure.resources.set(id.toLowerCase(), { ...request.body, id, name: "acrone" });
      relay.close();
      return { status: 200, after: never };
    };
    await assert.rejects(stack.up());
    rig.azure.intercept = undefined;
    const again = await rig.openStack();
    await again.up();
    assert.equal((await again.preview()).upToDate, true);
    await again.destroy();
    assert.deepEqual([...rig.azure.resources.keys()], []);
  });

  it("takes a create that Azure did not get to for none, after the providers went away", async () => {
    const port = Number(/azure-native:(\d+)/.exec(rig.debugProviders)?.[1]);
    const relay = await openRelay(port);
    const stack = await rig.openStack(
      rig.debugProviders.replace(`azure-native:${port}`, `azure-native:${relay.port}`),
    );
    rig.azure.intercept = (request) => {
      if (request.method !== "PUT" || !/\/registries\/acrone\?/.test(request.url)) return undefined;
      relay.close();
      return { status: 200, after: never };
    };
    await assert.rejects(stack.up());
    rig.azure.intercept = undefined;
    const again = await rig.openStack();
    await again.up();
    assert.equal((await again.preview()).upToDate, true);
  });

  it("finds what is gone after the engine was killed in a destroy, and makes it again", async () => {
    const stack = await rig.openStack();
    await stack.up();
    const group = "/subscriptions/11111111-1111-4111-8111-111111111111/resourcegroups/group-one";
    rig.azure.intercept = ({ method, url }) => {
      if (method !== "DELETE" || !/\/registries\/acrone\?/.test(url)) return undefined;
      for (const id of [...rig.azure.resources.keys()])
        if (id !== group) rig.azure.resources.delete(id);
      return { status: 200, after: never };
    };
    const failed = assert.rejects(stack.destroy());
    await eventually("the registry's DELETE", () => rig.azure.resources.size === 1 || undefined);
    process.kill(lockHolder(rig.stateDir) ?? assert.fail("nobody has the lock"), "SIGKILL");
    await failed;
    rig.azure.intercept = undefined;
    const again = await rig.openStack();
    const told: string[] = [];
    await again.up({
      onProgress: (progress) => {
        if (progress.kind === "diagnostic") told.push(progress.message);
      },
    });
    assert.deepEqual(told, ["The last operation did not end; looking at what is there"]);
    assert.equal(rig.azure.resources.size, 3);
    assert.equal((await again.preview()).upToDate, true);
  });

  it("finds what is gone after an interrupt in a destroy, and makes it again", async () => {
    const stack = await rig.openStack();
    await stack.up();
    const abort = new AbortController();
    rig.azure.intercept = ({ method, url }) => {
      if (method !== "DELETE" || !/\/registries\/acrone\?/.test(url)) return undefined;
      rig.azure.resources.delete(new URL(url).pathname.toLowerCase());
      abort.abort();
      return { status: 200, after: never };
    };
    await assert.rejects(
      stack.destroy({ signal: abort.signal }),
      (error: unknown) => error instanceof DeploymentFailed && error.interrupted,
    );
    rig.azure.intercept = undefined;
    await stack.up();
    assert.equal(rig.azure.resources.size, 3);
    assert.equal((await stack.preview()).upToDate, true);
  });

  it("refuses to take over a resource that it did not make", async () => {
    const stack = await rig.openStack();
    const id = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/group-one";
    rig.azure.resources.set(id.toLowerCase(), { id, name: "group-one", location: "westeurope" });
    await assert.rejects(stack.up(), /cannot create already existing resource '\/subscriptions/);
  });
});

describe("a resource with secret inputs that was cut off", function () {
  this.timeout(60_000);
  let rig: Rig;
  let temporary: string;
  const usual = process.env["TMPDIR"];
  beforeEach(async () => {
    rig = await openRig("secretInputs");
    temporary = join(rig.stateDir, "tmp");
    mkdirSync(temporary);
    process.env["TMPDIR"] = temporary;
  });
  afterEach(async () => {
    if (usual === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usual;
    await rig.close();
  });

  const makes = (request: { method: string; url: string; body: object }): boolean => {
    if (request.method !== "PUT" || !/\/containerGroups\/aci-one\?/.test(request.url)) return false;
    const id = new URL(request.url).pathname;
    rig.azure.resources.set(id.toLowerCase(), { ...request.body, id, name: "aci-one" });
    return true;
  };
  /** @returns what the next up tells beside its steps */
  const isWell = async (): Promise<string[]> => {
    rig.azure.intercept = undefined;
    const again = await rig.openStack();
    const told: string[] = [];
    await again.up({
      onProgress: (progress) => {
        if (progress.kind === "diagnostic") told.push(progress.message);
      },
    });
    assert.equal((await again.preview()).upToDate, true);
    await again.destroy();
    assert.deepEqual([...rig.azure.resources.keys()], []);
    // The Automation API's own import would leave the state here for everyone to read.
    const left = readdirSync(temporary).filter((name) => /^automation-\d+$/.test(name));
    assert.deepEqual(left, []);
    return told;
  };
  const cutOff = async (keptFile?: string): Promise<void> => {
    const port = Number(/azure-native:(\d+)/.exec(rig.debugProviders)?.[1]);
    const relay = await openRelay(port);
    const stack = await rig.openStack(
      rig.debugProviders.replace(`azure-native:${port}`, `azure-native:${relay.port}`),
    );
    rig.azure.intercept = (request) => {
      if (!makes(request)) return undefined;
      relay.close();
      return { status: 200, after: never };
    };
    await assert.rejects(stack.up());
    const file = join(rig.stateDir, "lost-creates-local.json");
    assert.doesNotMatch(readFileSync(file, "utf8"), /\[secret\]/);
    if (keptFile !== undefined) writeFileSync(file, keptFile);
  };

  it("is taken over after the providers went away, and every operation works", async () => {
    await cutOff();
    await isWell();
  });

  it("is taken over after an interrupt, and every operation works", async () => {
    const stack = await rig.openStack();
    const abort = new AbortController();
    rig.azure.intercept = (request) => {
      if (!makes(request)) return undefined;
      abort.abort();
      return { status: 200, after: never };
    };
    await assert.rejects(stack.up({ signal: abort.signal }));
    await isWell();
  });

  it("blocks nothing when what was kept of it cannot be read", async () => {
    await cutOff("half-writ");
    rig.azure.resources.clear();
    await isWell();
  });

  it("blocks nothing when the stack refuses what was kept of it", async () => {
    const urn =
      "urn:pulumi:local::secret-inputs::azure-native:containerregistry:Registry::not-a-registry";
    const refused = {
      ...{ urn, type: "azure-native:containerregistry:Registry", propertyDependencies: 7 },
      inputs: { resourceGroupName: "group-one", registryName: "acrone" },
    };
    await cutOff(JSON.stringify([refused]));
    rig.azure.resources.clear();
    const [, note] = await isWell();
    assert.match(
      note ?? "",
      /^what was being made .* could not be taken over \(not-a-registry\): /,
    );
  });
});

describe("a command that was cut off", function () {
  this.timeout(60_000);
  let rig: Rig;
  let log: string;
  beforeEach(async () => {
    rig = await openRig("slowCommand");
    log = join(rig.stateDir, "command.log");
    process.env["COMMAND_LOG"] = log;
  });
  afterEach(async () => {
    delete process.env["COMMAND_LOG"];
    delete process.env["COMMAND_TRIGGER"];
    await rig.close();
  });
  const runs = (): string[] => readFileSync(log, "utf8").trim().split("\n");

  it("runs again after the engine was killed, and is not taken for done", async () => {
    const failed = assert.rejects((await rig.openStack()).up());
    await eventually("the command", () => (existsSync(log) ? true : undefined));
    process.kill(lockHolder(rig.stateDir) ?? assert.fail("nobody has the lock"), "SIGKILL");
    await failed;
    writeFileSync(`${log}.go`, "");
    const again = await rig.openStack();
    assert.deepEqual((await again.up())["printed"], { value: "made", secret: false });
    assert.deepEqual(runs(), ["created", "created"]);
    assert.equal((await again.preview()).upToDate, true);
  });

  it("runs again after an interrupt", async () => {
    const abort = new AbortController();
    const failed = assert.rejects((await rig.openStack()).up({ signal: abort.signal }));
    await eventually("the command", () => (existsSync(log) ? true : undefined));
    abort.abort();
    await failed;
    writeFileSync(`${log}.go`, "");
    assert.equal((await (await rig.openStack()).up())["printed"]?.value, "made");
    assert.deepEqual(runs(), ["created", "created"]);
  });

  it("is replaced on a changed trigger although it has an update command", async () => {
    writeFileSync(`${log}.go`, "");
    const stack = await rig.openStack();
    await stack.up();
    process.env["COMMAND_TRIGGER"] = "2";
    await stack.up();
    assert.deepEqual(runs(), ["created", "created"]);
  });
});

/** A way to a provider that can be cut, as when the provider's process dies. */
async function openRelay(to: number): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(to, "127.0.0.1");
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on("error", () => undefined);
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
