// Does not prove that Azure tells each change back as the local Azure does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { policyPack } from "../../local/cli/policyReport";
import { isFinished } from "../../local/cli/runWords";
import { controlClient } from "../../local/daemon/controlClient";
import { changeSettings } from "../../local/demo/stackSettings";
import { waitFor } from "../../local/demo/waiting";
import type { Plan, PlannedChange } from "../../local/pulumi/plan";
import type { PolicyViolation } from "../../local/pulumi/policies";
import { openStackUnderTest, type StackUnderTest } from "./stackUnderTest";

/** What Azure calls the parts of the stack. */
interface Names {
  vault: string;
  /** ARM ids by task. */
  task: Record<"node-public" | "base-import-node" | "hello-world", string>;
  registry: Record<"public" | "base" | "team", string>;
  group: string;
  /** Object id of hello-world's identity. */
  principal: string;
}

interface Case {
  /** What was changed, and what a user would lose by it. */
  title: string;
  /** Logical name of the resource. */
  name: string;
  /** Start of the property's path; absent for a resource that is gone. */
  property?: string;
  /** Changes it with az. */
  change: (names: Names) => string[];
  /** Shows it with az. */
  look: (names: Names) => string[];
  /** What that shows once it is repaired, in lower case. */
  good: string | ((names: Names) => string);
}

const patchTask = (id: string, properties: object): string[] => [
  // `az acr task update` fails for a task with a source trigger, before it asks Azure.
  ...["rest", "--method", "patch", "--url"],
  `https://management.azure.com${id}?api-version=2019-06-01-preview`,
  ...["--body", JSON.stringify({ properties })],
];
const showTask = (id: string, query: string): string[] => [
  ...["acr", "task", "show", "-r", id.split("/").at(-3) ?? "", "-n", id.split("/").at(-1) ?? ""],
  ...["--query", query, "-o", "tsv"],
];
const showRegistry = (name: string, query: string): string[] => [
  ...["acr", "show", "-n", name, "--query", query, "-o", "tsv"],
];
const token = (verb: string, registry: string, name: string, ...more: string[]): string[] => [
  ...["acr", "token", verb, "-r", registry, "-n", name, ...more],
];

const literal = (text: string): string => text.replace(/[.[\]]/g, "\\$&");

const cases: Case[] = [
  {
    title: "an access policy that was removed: the task could not read its login any more",
    name: "hello-world-reads-vault",
    change: ({ vault, principal }) => [
      ...["keyvault", "delete-policy", "--name", vault, "--object-id", principal],
    ],
    look: ({ vault, principal }) => [
      ...["keyvault", "show", "--name", vault, "-o", "tsv", "--query"],
      `join(',', properties.accessPolicies[?objectId=='${principal}'].permissions.secrets[])`,
    ],
    good: "get",
  },
  {
    title: "a disabled source trigger: commits would start nothing",
    name: "hello-world",
    property: "trigger.sourceTriggers[0].status",
    change: ({ task }) =>
      patchTask(task["hello-world"], {
        trigger: { sourceTriggers: [{ name: "defaultSourceTriggerName", status: "Disabled" }] },
      }),
    look: ({ task }) => showTask(task["hello-world"], "trigger.sourceTriggers[0].status"),
    good: "enabled",
  },
  {
    title: "a disabled base image trigger: a new public image would never be tested",
    name: "base-import-node",
    property: "trigger.baseImageTrigger.status",
    change: ({ task }) =>
      patchTask(task["base-import-node"], {
        trigger: { baseImageTrigger: { name: "defaultBaseimageTriggerName", status: "Disabled" } },
      }),
    look: ({ task }) => showTask(task["base-import-node"], "trigger.baseImageTrigger.status"),
    good: "enabled",
  },
  {
    title: "a value of a task: the app would be built past the gate",
    name: "hello-world",
    property: "step.values[0].value",
    change: ({ task, registry }) =>
      patchTask(task["hello-world"], {
        step: {
          type: "FileTask",
          values: [{ name: "REGISTRY_FROM_URL", value: `${registry.public}.azurecr.io/` }],
        },
      }),
    look: ({ task }) =>
      showTask(task["hello-world"], "step.values[?name=='REGISTRY_FROM_URL'].value"),
    good: ({ registry }) => `${registry.base}.azurecr.io/`,
  },
  {
    title: "a disabled task: nothing would be built any more",
    name: "node-public",
    property: "status",
    change: ({ task }) => patchTask(task["node-public"], { status: "Disabled" }),
    look: ({ task }) => showTask(task["node-public"], "status"),
    good: "enabled",
  },
  {
    title: "a token with a wider scope map: a pull login could push",
    name: "public-pull",
    property: "scopeMapId",
    change: ({ registry }) =>
      token("update", registry.public, "public-pull", "--scope-map", "_repositories_push"),
    look: ({ registry }) => [
      ...token("show", registry.public, "public-pull", "-o", "tsv"),
      ...["--query", "ends_with(scopeMapId, '/_repositories_pull')"],
    ],
    good: "true",
  },
  {
    title: "a scope map that was given push: every login with it could overwrite the base image",
    name: "base-artifacts-pull",
    property: "actions",
    change: ({ registry }) => [
      ...["acr", "scope-map", "update", "-r", registry.base, "-n", "base-artifacts-pull"],
      ...["--add-repository", "node", "content/write"],
    ],
    look: ({ registry }) => [
      ...["acr", "scope-map", "show", "-r", registry.base, "-n", "base-artifacts-pull"],
      ...["--query", "join(',', actions)", "-o", "tsv"],
    ],
    good: "repositories/node/content/read",
  },
  {
    title: "a token that was deleted: apps could not pull their base image",
    name: "base-artifacts-pull",
    change: ({ registry }) => token("delete", registry.base, "base-artifacts-pull", "--yes"),
    look: ({ registry }) =>
      token("show", registry.base, "base-artifacts-pull", "--query", "status", "-o", "tsv"),
    good: "enabled",
  },
  {
    title: "a token that was disabled: the page could not be deployed",
    name: "hello-world-pull",
    property: "status",
    change: ({ registry }) =>
      token("update", registry.team, "hello-world-pull", "--status", "disabled"),
    look: ({ registry }) =>
      token("show", registry.team, "hello-world-pull", "--query", "status", "-o", "tsv"),
    good: "enabled",
  },
  {
    title: "an enabled admin user: one password could do everything",
    name: "hello-world-registry",
    property: "adminUserEnabled",
    change: ({ registry }) => ["acr", "update", "-n", registry.team, "--admin-enabled", "true"],
    look: ({ registry }) => showRegistry(registry.team, "adminUserEnabled"),
    good: "false",
  },
  {
    title: "anonymous pull: everybody could read the trusted images",
    name: "base-artifacts",
    property: "anonymousPullEnabled",
    change: ({ registry }) => [
      ...["acr", "update", "-n", registry.base, "--anonymous-pull-enabled", "true"],
    ],
    look: ({ registry }) => showRegistry(registry.base, "anonymousPullEnabled"),
    good: "false",
  },
  {
    title: "a switched-off soft delete: a deleted image would be gone for good",
    name: "base-artifacts",
    property: "policies.softDeletePolicy.status",
    change: ({ registry }) => [
      ...["acr", "config", "soft-delete", "update", "-r", registry.base, "--status", "disabled"],
    ],
    look: ({ registry }) => showRegistry(registry.base, "policies.softDeletePolicy.status"),
    good: "enabled",
  },
  {
    title: "a tag: the bill would go to somebody else",
    name: "public",
    property: "tags",
    change: ({ registry }) => ["acr", "update", "-n", registry.public, "--set", "tags.team=blue"],
    look: ({ registry }) => showRegistry(registry.public, "length(tags)"),
    good: "0",
  },
  {
    title: "a removed role assignment: the task could not deploy its page",
    name: "hello-world-deploys",
    change: ({ principal, group }) => [
      ...["role", "assignment", "delete", "--assignee", principal, "-g", group],
    ],
    look: ({ principal, group }) => [
      ...["role", "assignment", "list", "--assignee", principal, "-g", group],
      ...["--query", "[].roleDefinitionName", "-o", "tsv"],
    ],
    good: "azure container instances contributor role",
  },
];

describe("drift and repair on real parts", function () {
  this.timeout(600_000);
  let rig: StackUnderTest;
  let names: Names;
  /** What az showed after the repair. */
  let looks: string[];
  /** Why a change could not be made, by case. */
  const refused = new Map<Case, unknown>();
  let image: string[];
  let previewed: Plan;
  let repair: { stdout: string; stderr: string };
  let afterwards: Plan;
  let violations: PolicyViolation[] | undefined;

  const id = (ids: string[], end: string): string => {
    const found = ids.find((each) => each.endsWith(`/${end}`));
    assert.ok(found, `${end} is not among ${ids.join(", ")}`);
    return found;
  };
  const registryOf = (taskId: string): string => taskId.split("/").at(-3) ?? "";

  async function readNames(): Promise<Names> {
    const tasks = await rig.ids("Microsoft.ContainerRegistry/registries/tasks");
    const [vault = ""] = await rig.ids("Microsoft.KeyVault/vaults");
    const [container = ""] = await rig.ids("Microsoft.ContainerInstance/containerGroups");
    const task = {
      "node-public": id(tasks, "node-public"),
      "base-import-node": id(tasks, "base-import-node"),
      "hello-world": id(tasks, "hello-world"),
    };
    return {
      vault: vault.split("/").at(-1) ?? "",
      task,
      registry: {
        public: registryOf(task["node-public"]),
        base: registryOf(task["base-import-node"]),
        team: registryOf(task["hello-world"]),
      },
      group: container.split("/")[4] ?? "",
      principal: await rig.az(...showTask(task["hello-world"], "identity.principalId")),
    };
  }

  async function look(): Promise<string[]> {
    const shown: string[] = [];
    const waiting = [...cases.entries()];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        shown[next[0]] = (await rig.tryAz(...next[1].look(names))).stdout.trim();
    };
    await Promise.all([work(), work()]);
    return shown;
  }

  const runningImage = async (): Promise<string> =>
    await rig.az(
      ...["container", "list", "-g", names.group, "-o", "tsv"],
      ...["--query", "[0].containers[0].image"],
    );

  /** A commit in hello-world, whose run moves the container group to another image. */
  async function ship(): Promise<void> {
    const commit = await rig.story.commit("helloWorld", {
      path: "Dockerfile",
      edit: (text) => `${text.trimEnd()}\nLABEL edition=second\n`,
      message: "Second edition",
    });
    const run = await waitFor(
      async () =>
        (await rig.story.runs()).find(
          (each) => each.sourceTrigger?.commitId === commit && isFinished(each),
        ),
      { what: "the run of the commit", limit: 120_000, signal: new AbortController().signal },
    );
    assert.equal(run.status, "Succeeded");
  }

  before(async () => {
    rig = await openStackUnderTest();
    await (await rig.stack()).up();
    names = await readNames();
    const first = await runningImage();
    await ship();
    image = [first, await runningImage()];
    for (const each of cases)
      await rig.az(...each.change(names)).catch((error: unknown) => refused.set(each, error));
    previewed = await (await rig.stack()).preview();
    const { code, ...said } = await rig.local("up", "--refresh");
    assert.equal(code, 0, said.stderr);
    repair = said;
    looks = await look();
    afterwards = await (
      await rig.stack()
    ).preview({
      ...policyPack(join(__dirname, "../.."), undefined),
      onViolations: (found) => void (violations = found),
    });
  });
  after(() => rig.close());

  const namesIt =
    ({ name, property }: Case) =>
    (found: PlannedChange): boolean =>
      found.name === name &&
      (property === undefined
        ? found.operation === "delete"
        : found.properties.some(({ path }) => path.startsWith(property)));

  for (const [index, each] of cases.entries())
    it(`finds and repairs ${each.title}`, () => {
      assert.equal(refused.get(each), undefined);
      assert.ok(previewed.drift.some(namesIt(each)), JSON.stringify(previewed.drift, null, 2));
      const line = each.property
        ? new RegExp(` changed \\S+ ${each.name}\\n( {6}.*\\n)* {6}${literal(each.property)}`)
        : new RegExp(` deleted \\S+ ${each.name}\\n`);
      assert.match(repair.stderr, line);
      const good = typeof each.good === "string" ? each.good : each.good(names);
      assert.equal(looks[index]?.toLowerCase(), good);
      assert.ok(!afterwards.drift.some(namesIt(each)));
    });

  it("leaves the image that a task deployed: that is no drift, and no repair puts the first one back", async () => {
    const [first = "", second = ""] = image;
    assert.notEqual(second, first);
    const ofGroup = ({ type }: PlannedChange): boolean => type.endsWith(":ContainerGroup");
    assert.deepEqual([...previewed.drift, ...previewed.changes].filter(ofGroup), []);
    assert.match(await runningImage(), /\/hello-world:/);
  });

  it("shows old and new values, but no secret's", async () => {
    assert.match(repair.stderr, /adminUserEnabled: false -> true\n/);
    assert.match(repair.stdout, /^Repaired what was changed in Azure: .*hello-world-reads-vault/);
    const said = JSON.stringify([previewed, repair]);
    const { stackSecrets } = await controlClient(rig.stateDir).settings();
    for (const secret of Object.values(stackSecrets)) assert.ok(!said.includes(secret));
  });

  it("keeps the policies that come with it", () => assert.deepEqual(violations, []));

  it("has nothing left to change afterwards", () => {
    const { changes, drift } = afterwards;
    assert.deepEqual({ changes, drift }, { changes: [], drift: [] });
  });

  it("previews other tags as updates: no policy, role, secret's place or run is replaced for them", async () => {
    const stack = await rig.stack();
    changeSettings(rig.stateDir, (settings) => ({ ...settings, tags: { owner: "web" } }));
    const { changes, drift } = await stack.preview();
    assert.deepEqual(drift, []);
    assert.deepEqual([...new Set(changes.map(({ operation }) => operation))], ["update"]);
    const types = new Set(changes.map(({ type }) => type.split(":").at(-1) ?? ""));
    assert.deepEqual([...types].sort(), [
      ...["Command", "ResourceGroup", "Registry", "Task", "Vault"].sort(),
    ]);
    const runs = changes.filter(({ name }) => name.endsWith("-first-run")).map(({ name }) => name);
    // It puts the tags on what it deploys.
    assert.deepEqual(runs, ["hello-world-first-run"]);
  });

  it("has no path of the checkout in what Pulumi compares, or another checkout would change it all", () => {
    const folder = join(rig.stateDir, "pulumi", ".pulumi", "stacks");
    const { checkpoint } = JSON.parse(
      readFileSync(join(folder, "gated-imports", "local.json"), "utf8"),
    ) as { checkpoint: { latest: { resources: { inputs?: object; outputs?: object }[] } } };
    const compared = checkpoint.latest.resources.map(({ inputs, outputs }) => [inputs, outputs]);
    assert.ok(compared.length > 40);
    assert.ok(!JSON.stringify(compared).includes(join(__dirname, "..", "..")));
  });
});
