// Does not prove that the figures are right, only that a person can read them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLocalRemedies } from "../../../local/cli/localRemedies";
import { describeOutputs, outputsAsJson } from "../../../local/cli/outputReport";
import { gitCredentials } from "../../../local/cli/personalClients";
import { describeDrifted, describePlan, describeRepair } from "../../../local/cli/planReport";
import { removeState } from "../../../local/cli/removal";
import { printLog, selectRun, withLogCommand } from "../../../local/cli/runLogs";
import { imageOf, triggerOf } from "../../../local/cli/runWords";
import { pathExport, shellExports } from "../../../local/cli/shellExports";
import { describeStatus } from "../../../local/cli/statusReport";
import type { RunRecord } from "../../../local/daemon/types";
import type { PropertyChange } from "../../../local/pulumi/plan";

const run = (registry: string, runId: string, more: Partial<RunRecord> = {}): RunRecord => ({
  registry,
  runId,
  status: "Succeeded",
  runType: "AutoRun",
  task: "node-public",
  createTime: "2026-01-01T00:00:00Z",
  startTime: "2026-01-01T00:00:01Z",
  finishTime: "2026-01-01T00:00:03Z",
  provisioningState: "Succeeded",
  platform: { os: "linux", architecture: "amd64" },
  isArchiveEnabled: false,
  ...more,
});

describe("cli/reports", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cli-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("quotes exports so that a shell takes every character as it is", () => {
    const value = 'it\'s $HOME `id` "x" \\ \n!';
    const script = `${shellExports({ VALUE: value })}\nprintf %s "$VALUE"`;
    assert.equal(execFileSync("sh", ["-c", script], { encoding: "utf8" }), value);
    assert.throws(() => shellExports({ "A;id": "1" }), /A;id is not a shell variable's name/);
  });

  it("puts az and pulumi on the PATH of a shell that has none, and leaves others alone", () => {
    writeFileSync(join(folder, "az"), "");
    const tools = [join("/built/az/bin", "az"), join("/built/pulumi", "pulumi")];
    assert.deepEqual(pathExport(tools, folder), [`export PATH="$PATH":'/built/pulumi'`]);
    assert.deepEqual(pathExport(tools.slice(0, 1), folder), []);
  });

  it("signs git in from a file of its owner's, past the person's own helpers", () => {
    const variables = gitCredentials(folder, "t/k@n");
    assert.equal(statSync(join(folder, "git-credentials")).mode & 0o777, 0o600);
    assert.ok(!JSON.stringify(variables).includes("t/k@n"));
    const filled = execFileSync("git", ["credential", "fill"], {
      input: "protocol=https\nhost=github.com\n\n",
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: folder, ...variables },
    });
    assert.match(filled, /^password=t\/k@n$/m);
  });

  it("names the command that shows a failed run's log on this machine beside Azure's", () => {
    const message = "run 'xw5' failed. Its log: az acr task logs --registry contoso --run-id xw5";
    assert.equal(withLogCommand(message), `${message} (or: npm run local -- logs contoso/xw5)`);
    assert.equal(withLogCommand("no run"), "no run");
  });

  it("names this command line where the program advises Pulumi's, as there is no such pulumi here", () => {
    const advice = "Task hello-world does not watch; run: pulumi up --refresh";
    assert.equal(
      withLocalRemedies(`${advice}. Its log: az acr task logs --registry contoso --run-id xw5`),
      "Task hello-world does not watch; run: npm run local -- up --refresh. Its log: az acr task logs --registry contoso --run-id xw5 (or: npm run local -- logs contoso/xw5)",
    );
  });

  it("prints the pages' URLs last, whatever else there is", () => {
    const output = (value: unknown) => ({ value, secret: false });
    const outputs = {
      pageUrls: output({ a: "http://127.0.1.2", b: "http://127.0.1.3" }),
      vaultName: output("v"),
    };
    assert.deepEqual(describeOutputs(outputs).split("\n"), [
      "vaultName   v",
      "pageUrls.a  http://127.0.1.2",
      "pageUrls.b  http://127.0.1.3",
    ]);
  });

  it("keeps secret outputs out of the text unless asked", () => {
    const outputs = {
      pageUrl: { value: "http://127.0.1.2:80", secret: false },
      taskNames: { value: { public: "node-public" }, secret: false },
      apps: { value: [{ name: "hello", runs: ["ca1", "ca2"] }], secret: false },
      token: { value: "hush", secret: true },
    };
    assert.deepEqual(describeOutputs(outputs).split("\n"), [
      "pageUrl           http://127.0.1.2:80",
      "taskNames.public  node-public",
      "apps[0].name      hello",
      "apps[0].runs      ca1 ca2",
      "token             [secret]",
    ]);
    assert.ok(!outputsAsJson(outputs, false).includes("hush"));
    assert.ok(outputsAsJson(outputs, true).includes("hush"));
  });

  it("tells drift with each value before and now, apart from what up would do", () => {
    const change = { urn: "u", name: "contoso", type: "azure-native:containerregistry:Registry" };
    const properties: PropertyChange[] = [
      { path: "adminUserEnabled", kind: "update", before: "false", after: "true" },
      { path: "tags.a", kind: "add", after: '"b"' },
      { path: "policies.x", kind: "delete", before: "1" },
      { path: "trigger.status", kind: "update", secret: true },
    ];
    const text = describePlan({
      drift: [{ ...change, operation: "update", properties }],
      changes: [{ ...change, operation: "update", properties: [] }],
      unchanged: 3,
      upToDate: false,
    });
    const lines = [
      "  ~ changed azure-native:containerregistry:Registry contoso",
      "      adminUserEnabled: false -> true",
      '      tags.a: added "b"',
      "      policies.x: removed 1",
      "      trigger.status: changed [secret]",
      "",
      "`npm run local -- up` would:",
    ];
    assert.ok(text.includes(`drift):\n${lines.join("\n")}`), text);
    assert.equal(
      describePlan({ drift: [], changes: [], unchanged: 3, upToDate: true }),
      "No changes: 3 resources are as they should be.",
    );
  });

  it("says what an update has put right, and what is gone in Azure", () => {
    const gone = { urn: "u", name: "pull", type: "t:m:Token", operation: "delete", properties: [] };
    assert.equal(describeDrifted(gone), "  - deleted t:m:Token pull");
    assert.equal(describeRepair([gone]), "Repaired what was changed in Azure: pull.");
    assert.match(describeRepair([]), /^No drift/);
  });

  it("finds a run by its id, asks where two registries have it, and names those there are", () => {
    const runs = [run("team", "cb1"), run("public", "ca1"), run("base", "ca1")];
    assert.equal(selectRun(runs, undefined).runId, "cb1");
    assert.equal(selectRun(runs, "cb1").registry, "team");
    assert.equal(selectRun(runs, "Base/CA1").registry, "base");
    assert.throws(() => selectRun(runs, "ca1"), /ca1 is a run of public and of base/);
    assert.throws(() => selectRun(runs, "zz"), /the newest are team\/cb1, public\/ca1, base\/ca1/);
    assert.throws(() => selectRun([], undefined), /no task has run yet/);
  });

  it("follows a log to the run's end and prints each part once", async () => {
    const texts = ["one\n", "one\ntwo\n", "one\ntwo\nthree\n"];
    let asked = 0;
    let printed = "";
    const control = {
      runLog: async () => {
        const text = texts[Math.min(asked++, 2)] ?? "";
        return { run: run("r", "ca1", { status: asked > 2 ? "Failed" : "Running" }), text };
      },
    };
    const last = await printLog(control, run("r", "ca1"), {
      follow: true,
      signal: new AbortController().signal,
      write: (text) => (printed += text),
    });
    assert.equal(printed, "one\ntwo\nthree\n");
    assert.equal(last.status, "Failed");
  });

  it("speaks of triggers as az does", () => {
    const images = [{ registry: "r", repository: "node", tag: "22-alpine" }];
    const update = { imageUpdateTrigger: { id: "1", timestamp: "", images } };
    assert.deepEqual([triggerOf(update), triggerOf({})], ["Image Update", "Manual"]);
    assert.equal(imageOf(update), "node:22-alpine");
  });

  it("shows tasks, what they track, the page and the memory at one glance", () => {
    const task = {
      name: "node-public",
      lastRun: run("public", "ca1"),
      trackedImages: [`docker.io/library/node:22-alpine@sha256:${"a".repeat(64)}`],
    };
    const text = describeStatus(
      {
        pid: 7,
        startedAt: new Date().toISOString(),
        stateDir: "/state",
        resourceCount: 3,
        services: [{ name: "key vault", hosts: ["*.vault.azure.net"] }],
        registries: [{ name: "public", loginServer: "public.azurecr.io", tasks: [task] }],
        containerGroups: [{ name: "page", state: "Running", url: "http://127.0.1.2:80" }],
      },
      [{ pid: 7, name: "node", bytes: 120_000_000 }],
    );
    assert.match(text, /Memory: +120 MB in 1 processes/);
    assert.match(
      text,
      /public\.azurecr\.io +node-public +ca1 Succeeded +Manual +2\.0 s +docker\.io\/library\/node:22-alpine@sha256:a{12}$/m,
    );
    assert.match(text, /page +Running +http:\/\/127\.0\.1\.2:80/);
  });

  it("removes a state folder only when it is one and nothing is deployed in it", () => {
    assert.throws(() => removeState(folder), /is not the state folder/);
    writeFileSync(join(folder, "settings.json"), "{}");
    writeFileSync(join(folder, "resources.json"), '[{"id": "/subscriptions/s/resourceGroups/g"}]');
    assert.throws(() => removeState(folder), /still holds 1 resources/);
    writeFileSync(join(folder, "resources.json"), "[]");
    removeState(folder);
    assert.ok(!existsSync(folder));
  });
});
