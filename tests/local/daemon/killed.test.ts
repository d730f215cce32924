// The real daemon, compiled, with a real build; does not prove that a stack's operation gets over it (workflow tests do).
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controlClient } from "../../../local/daemon/controlClient";
import { findProcesses } from "../../../local/daemon/processes";
import { ensureDaemon } from "../../../local/daemon/spawn";
import { waitFor } from "../../../local/demo/waiting";
import { preparePersonalClients } from "../../../local/cli/personalClients";
import { runClient } from "../clients";
import { azureCliForTests, pulumiForTests } from "../tools";

const signal = new AbortController().signal;
const program = ["/bin/busybox", "sleep", "987"];
const sources = "https://github.com/importing-public-content/hello-world.git";
const files = {
  "acr-task.yaml": "version: v1.1.0\nsteps:\n  - build: -t built:1 .\n",
  Dockerfile: `FROM scratch\nCOPY busybox /bin/busybox\nRUN ${JSON.stringify(program)}\n`,
};

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

describe("daemon, killed", function () {
  this.timeout(90_000);
  let stateDir: string;
  const tools = { ...process.env };

  before(() => {
    stateDir = mkdtempSync(join(tmpdir(), "killed-"));
    process.env["GATED_IMPORTS_PULUMI"] = pulumiForTests();
    process.env["GATED_IMPORTS_AZ"] = azureCliForTests();
  });
  after(async () => {
    await controlClient(stateDir).stop();
    rmSync(stateDir, { recursive: true, force: true });
    for (const name of ["GATED_IMPORTS_PULUMI", "GATED_IMPORTS_AZ"])
      if (tools[name] === undefined) delete process.env[name];
      else process.env[name] = tools[name];
  });

  /** A build's step: by its own words, and as a process of this state folder. */
  const building = (): number[] =>
    findProcesses((pid) => commandLine(pid) === `${program.join("\0")}\0`);

  it("starts at the first try although a build of its earlier life still runs", async () => {
    await ensureDaemon({ stateDir });
    const control = controlClient(stateDir);
    const settings = await control.settings();
    const variables = await preparePersonalClients({ stateDir, settings, az: azureCliForTests() });
    const run = async (...command: string[]): Promise<void> => {
      const { code, stderr } = await runClient(command, { HOME: stateDir, ...variables });
      assert.equal(code, 0, stderr);
    };
    const az = (...args: string[]): Promise<void> => run(azureCliForTests(), ...args);

    const checkout = join(stateDir, "checkout");
    const git = (...args: string[]): Promise<void> =>
      run("git", "-C", checkout, "-c", "user.name=one", "-c", "user.email=one@contoso", ...args);
    await run("git", "clone", "--quiet", sources, checkout);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(checkout, name), text);
    copyFileSync("/bin/busybox", join(checkout, "busybox"));
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "A build that takes its time");
    await git("push", "--quiet", "origin", "HEAD:main");

    await az("group", "create", "-n", "rg", "-l", "westeurope");
    await az("acr", "create", "-g", "rg", "-n", "contosokilled", "--sku", "Basic");
    const registry = `/subscriptions/${settings.environment["ARM_SUBSCRIPTION_ID"]}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/contosokilled`;
    const url = `https://management.azure.com${registry}`;
    const step = {
      ...{ type: "FileTask", taskFilePath: "acr-task.yaml", contextPath: `${sources}#main` },
      contextAccessToken: settings.stackSecrets["gated-imports:gitToken"],
    };
    const properties = { status: "Enabled", platform: { os: "Linux" }, step };
    const rest = (method: string, path: string, body: unknown): Promise<void> =>
      az(
        ...["rest", "--method", method, "--url", `${url}${path}?api-version=2019-04-01`],
        ...["--body", JSON.stringify(body)],
      );
    await rest("put", "/tasks/slow-build", { location: "westeurope", properties });
    await rest("post", "/scheduleRun", {
      type: "TaskRunRequest",
      taskId: `${registry}/tasks/slow-build`,
    });
    await waitFor(() => (building().length > 0 ? true : undefined), {
      what: "the build's step",
      limit: 30_000,
      signal,
    });

    process.kill((await control.status()).pid, "SIGKILL");
    assert.equal(await ensureDaemon({ stateDir }), true);
    assert.deepEqual(building(), []);
    assert.ok(!readFileSync("/proc/mounts", "utf8").includes(join(stateDir, "containers/agents")));
    assert.doesNotMatch(readFileSync(join(stateDir, "daemon.log"), "utf8"), /tried again/);
  });
});
