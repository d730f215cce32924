// Does not prove that the script does its work: firstRunScript.test.ts and the workflow do.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { GetTaskResult } from "@pulumi/azure-native/containerregistry";
import { sleeping } from "../../components/parts/firstRun";
import { notFound, type AzureFunction } from "./azureFunctions";
import { registryId } from "./azureIds";
import { declare, type Circumstances, type Declared } from "./declare";
import { firstRuns, variablesOf } from "./firstRuns";
import { makePlatform, makePublicSimulator } from "./fixtures";

const make = (circumstances: Circumstances = {}): Promise<Declared<unknown>> =>
  declare(() => makePublicSimulator(makePlatform()), circumstances);
const task = "azure-native:containerregistry:Task";
const getTask = "azure-native:containerregistry:getTask";
const messages = ({ failures }: Declared<unknown>): string =>
  failures.map(({ message }) => message).join("\n");

/** What the one task's run is made for. */
const reason = (declared: Declared<unknown>): object => {
  const [run, ...others] = firstRuns(declared);
  assert.ok(run && others.length === 0);
  return variablesOf(run);
};

describe("a first run", () => {
  it("shows its log to whoever waits, and keeps it as a secret", async () => {
    const { inputs, additionalSecretOutputs } = (await make()).the(
      "Command",
      "node-public-first-run",
    );
    assert.equal(inputs["logging"], "stderr");
    assert.deepEqual(additionalSecretOutputs, ["stderr"]);
  });

  it("is found in every checkout alike, or another folder would run all tasks again", async () => {
    const { inputs } = (await make()).the("Command", "node-public-first-run");
    assert.equal(inputs["dir"], "components/parts/azure");
  });

  it("is made again when the task was made anew under the same id", async () => {
    const anew = await make({
      outputs: { [task]: () => ({ identity: { principalId: "another-principal" } }) },
    });
    assert.deepEqual(reason(anew), {
      ...reason(await make()),
      IDENTITY: "another-principal",
    });
  });

  it("is not made again for another date of the task, or every refresh would run it", async () => {
    const later = await make({ outputs: { [task]: () => ({ creationDate: "2026-12-01" }) } });
    assert.deepEqual(reason(later), reason(await make()));
  });

  it("seems the same to the preview of an update, which tells nothing of a task's identity", async () => {
    const identity: AzureFunction = ({ taskName }) => ({
      name: taskName,
      identity: { principalId: "principal-of-node-public" },
    });
    const preview = await make({
      preview: true,
      deployed: true,
      functions: { [getTask]: identity },
      outputs: { [task]: () => ({ identity: pulumi.runtime.isDryRun() ? undefined : {} }) },
    });
    assert.deepEqual(reason(preview), reason(await make()));
  });
});

describe("a task that should watch", () => {
  const found = (source: string, base: string): AzureFunction => {
    return ({ taskName }) => ({
      name: taskName,
      identity: { principalId: "p" },
      trigger: { sourceTriggers: [{ status: source }], baseImageTrigger: { status: base } },
    });
  };

  it("ends an up by name when a trigger is switched off, as nothing would ever reach the app", async () => {
    const up = await make({
      functions: { [getTask]: found("Disabled", "Enabled") },
      failing: true,
    });
    assert.match(
      messages(up),
      /Task node-public does not watch: its source trigger is Disabled, its base image trigger Enabled; run: pulumi up --refresh/,
    );
  });

  it("ends an up by name when somebody deleted it, since a plain up would not see it", async () => {
    const up = await make({ functions: { [getTask]: notFound }, failing: true });
    assert.match(
      messages(up),
      /Task node-public of registry publicregistry is not in Azure any more; run: pulumi up --refresh/,
    );
  });

  it("ends no preview, which shows the way out", async () => {
    for (const answer of [notFound, found("Disabled", "Disabled")])
      await make({ functions: { [getTask]: answer }, preview: true, deployed: true });
  });

  const triggers = (source?: string, base?: string): Pick<GetTaskResult, "trigger"> =>
    ({
      trigger: {
        ...(source ? { sourceTriggers: [{ status: source }] } : {}),
        ...(base ? { baseImageTrigger: { status: base } } : {}),
      },
    }) as Pick<GetTaskResult, "trigger">;
  const all: [title: string, given: Pick<GetTaskResult, "trigger">, said: RegExp | undefined][] = [
    ["both on", triggers("Enabled", "Enabled"), undefined],
    ["no base image trigger", triggers("Enabled"), /its base image trigger absent/],
    ["none at all", {} as Pick<GetTaskResult, "trigger">, /its source trigger is absent/],
    ["base images off", triggers("Enabled", "Disabled"), /its base image trigger Disabled/],
  ];
  for (const [title, given, said] of all)
    it(`is told of truly with ${title}`, () => {
      const fault = sleeping(given);
      if (said) assert.match(fault ?? "", said);
      else assert.equal(fault, undefined);
    });

  it("is asked what it watches only after its run", async () => {
    const { calls } = await make({ preview: true });
    assert.ok(!calls.some(({ token }) => token === getTask));
  });

  it("is the one whose id the run gets", async () => {
    assert.equal(
      (reason(await make()) as Record<string, unknown>)["TASK_ID"],
      registryId("publicregistry", "tasks/node-public"),
    );
  });
});
