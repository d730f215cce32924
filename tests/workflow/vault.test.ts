// Does not prove that Azure recovers a vault as the local Azure does: that was read of its documents and of public reports.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFinished } from "../../local/cli/runWords";
import type { Resource } from "../../local/contracts/resources";
import { controlClient } from "../../local/daemon/controlClient";
import { changeSettings, type SettingsChange } from "../../local/demo/stackSettings";
import { waitFor } from "../../local/demo/waiting";
import { DeploymentFailed, type LocalStack } from "../../local/pulumi/stack";
import { runClient } from "../local/clients";
import { prepareHeldScript, type HeldScript } from "./heldScript";
import { openStackUnderTest, type StackUnderTest } from "./stackUnderTest";
import { assertNothingToChange } from "./storyUnderTest";

const token = "base-artifacts-pull";

describe("the vault on real parts", function () {
  this.timeout(300_000);
  // Each step builds on the one before: after a failure the rest would only tell the same again.
  this.bail(true);
  const { PATH } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "held-"));
  let rig: StackUnderTest;
  let script: HeldScript;

  before(async () => {
    script = prepareHeldScript(folder, process.env);
    rig = await openStackUnderTest();
  });
  after(async () => {
    process.env["PATH"] = PATH;
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const stackWith = async (change: SettingsChange = (same) => same): Promise<LocalStack> => {
    const stack = await rig.stack();
    changeSettings(rig.stateDir, change);
    return stack;
  };
  const rotatedOn = (rotated: string): Promise<LocalStack> =>
    stackWith((settings) => ({ ...settings, tokens: { rotated } }));
  const failed = async (up: Promise<unknown>): Promise<string> => {
    const error = await up.then(
      () => assert.fail("up went well"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof DeploymentFailed, String(error));
    return error.message;
  };
  /** An `up` in which the script of the token's password is killed at that point. */
  const upKilled = async (stack: LocalStack, point: "before" | "after"): Promise<void> => {
    script.hold(token, point);
    const message = failed(stack.up());
    await waitFor(() => Promise.resolve(script.kill() || undefined), {
      what: "the script of the token's password",
      limit: 120_000,
      signal: new AbortController().signal,
    });
    assert.match(await message, /^up failed: base-artifacts-pull-password: /);
  };
  /** Brings the stack up and fails unless stack and vault have the same password, which pulls; it is the answer. */
  const upWithPassword = async (stack: LocalStack): Promise<string> => {
    const { forApps } = await stack.up();
    const { loginServer, password } = forApps?.value as Record<"loginServer" | "password", string>;
    // Nobody who runs this may read the vault.
    const stored = JSON.parse(
      readFileSync(join(rig.stateDir, "resources.json"), "utf8"),
    ) as Resource[];
    const name = `registry-${loginServer.split(".")[0]}-password`;
    assert.equal(stored.find((one) => one.name === name)?.secret?.["value"], password);
    const file = join(rig.stateDir, "curl");
    writeFileSync(file, `user = "${token}:${password}"\n`, { mode: 0o600 });
    const { environment } = await controlClient(rig.stateDir).settings();
    const url = `https://${loginServer}/v2/node/tags/list`;
    const options = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-K", file];
    assert.equal((await runClient(["curl", ...options, url], environment)).stdout, "200");
    await assertNothingToChange(stack);
    return password;
  };
  const vaultId = async (): Promise<string> =>
    (await rig.ids("Microsoft.KeyVault/vaults"))[0] ?? assert.fail("no vault");
  const secretNames = async (): Promise<string[]> => {
    const url = `https://management.azure.com${await vaultId()}/secrets?api-version=2024-11-01`;
    const names = await rig.az("rest", "--url", url, "--query", "value[].name", "-o", "tsv");
    return names.split("\n").sort();
  };
  const registryOf = async (owner: string): Promise<string> =>
    (await rig.ids("Microsoft.ContainerRegistry/registries"))
      .map((id) => id.split("/").at(-1) ?? "")
      .find((name) => name.includes(owner)) ?? assert.fail(`no registry of ${owner}`);

  it("gets over a kill between a first password and the vault, and between the vault and the state", async () => {
    const stack = await rig.stack();
    await upKilled(stack, "before");
    await upKilled(stack, "after");
    await upWithPassword(stack);
  });

  it("gets over a kill in a rotation, in which the password in use stays as it is", async () => {
    const first = await upWithPassword(await rotatedOn("2026-11-01"));
    await upKilled(await rotatedOn("2026-12-01"), "before");
    await upKilled(await rotatedOn("2026-12-01"), "after");
    const second = await upWithPassword(await rotatedOn("2026-12-01"));
    assert.notEqual(second, first);
  });

  it("has its secrets under the article's names, by which the article's own task file finds them", async () => {
    const registries = await Promise.all(["public", "baseartifacts", "helloworld"].map(registryOf));
    const logins = ["dockerhub", ...registries].map((name) => `registry-${name}`);
    assert.deepEqual(
      await secretNames(),
      ["github-token", ...logins.flatMap((name) => [`${name}-password`, `${name}-user`])].sort(),
    );
    const commit = await rig.story.commit("helloWorld", {
      path: "acr-task.yaml",
      edit: (text) => text.replaceAll("{{.Values.LOGIN}}", "registry-{{.Run.RegistryName}}"),
      message: "As in the article",
    });
    const run = await waitFor(
      async () =>
        (await rig.story.runs()).find(
          (one) => one.sourceTrigger?.commitId === commit && isFinished(one),
        ),
      { what: "the run of the commit", limit: 120_000, signal: new AbortController().signal },
    );
    assert.equal(run.status, "Succeeded", await rig.story.runLog(run));
  });

  it("gets a secret again that somebody wrote over, which the state alone would not know", async () => {
    const url = `https://management.azure.com${await vaultId()}/secrets/github-token?api-version=2024-11-01`;
    const written = (): Promise<string> =>
      rig.az("rest", "--url", url, "--query", "tags.written", "-o", "tsv");
    const before = await written();
    assert.match(before, /^\d{4}-/);
    const body = JSON.stringify({ properties: { value: "not-the-token" }, tags: {} });
    await rig.az("rest", "--method", "put", "--url", url, "--body", body);
    assert.equal(await written(), "");
    const stack = await rig.stack();
    await stack.up();
    assert.ok((await written()) > before, "it was not written again");
    await assertNothingToChange(stack);
  });

  it("takes back an app that was taken away, whose secrets are still there", async () => {
    const names = await secretNames();
    await (await stackWith((settings) => ({ ...settings, apps: [] }))).up();
    assert.deepEqual(await secretNames(), names);
    const stack = await stackWith();
    await stack.up();
    assert.deepEqual(await secretNames(), names);
    await assertNothingToChange(stack);
  });

  it("comes back with `up --refresh` after somebody deleted it; plain `up` says so", async () => {
    const id = await vaultId();
    const name = id.split("/").at(-1) ?? "";
    await rig.az("keyvault", "delete", "--name", name);
    const stack = await rig.stack();
    assert.match(
      await failed(stack.up()),
      new RegExp(`The key vault ${name} is not in Azure any more; run: pulumi up --refresh`),
    );
    await stack.up({ refresh: true });
    assert.equal(await vaultId(), id);
    await assertNothingToChange(stack);
    const task = ["-r", await registryOf("helloworld"), "-n", "hello-world"];
    await rig.az("acr", "task", "run", ...task, "-o", "none");
  });

  it("comes back after its resource group was deleted, and gets its secrets again after it was purged", async () => {
    const id = await vaultId();
    const [group = "", name = ""] = [id.split("/").at(4), id.split("/").at(-1)];
    await rig.az("group", "delete", "-n", group, "--yes");
    const stack = await rig.stack();
    await stack.up({ refresh: true });
    await assertNothingToChange(stack);
    const names = await secretNames();

    await rig.az("keyvault", "delete", "--name", name);
    await rig.az("keyvault", "purge", "--name", name);
    await stack.up({ refresh: true });
    assert.deepEqual(await secretNames(), names);
    await upWithPassword(stack);
  });
});
