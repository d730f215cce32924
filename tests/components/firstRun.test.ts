// Does not prove that Azure fails the deployment of a failed run: only what happens when it does not.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { TaskRun } from "@pulumi/azure-native/containerregistry";
import { describeFailedRun, succeededRunId } from "../../components/parts/firstRun";
import { endOfLog, refused, type AzureFunction } from "./azureFunctions";
import { registryId } from "./azureIds";
import { declare, valueOf, type Circumstances, type Declared } from "./declare";
import { makePlatform, makePublicSimulator } from "./fixtures";
import { hearErrors } from "./hearErrors";

const id = registryId("contoso", "taskRuns/hello-world-first-run");
const urn = "urn:pulumi:dev::gated-imports::azure-native:containerregistry:TaskRun::first";

const runOf = (status: string | undefined): TaskRun =>
  ({
    id: pulumi.output(id),
    urn: pulumi.output(urn),
    runResult: pulumi.output({ runId: "ca7", status }),
  }) as unknown as TaskRun;

/** What a `pulumi up` says of a run that ended so. */
async function messageOf(status: string, functions?: Circumstances["functions"]): Promise<string> {
  let message = "";
  await declare(() => succeededRunId(runOf("Succeeded")), {
    ...(functions ? { functions } : {}),
    failing: true,
    meanwhile: async () => {
      await assert.rejects(valueOf(succeededRunId(runOf(status))), (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error), "no stack trace is shown");
        message = error.message;
        return true;
      });
    },
  });
  return message;
}

describe("a first run", () => {
  it("gives its id when it ended well", async () => {
    const { result, calls } = await declare(() => succeededRunId(runOf("Succeeded")));
    assert.equal(await valueOf(result), "ca7");
    assert.deepEqual(calls, [], "no log is fetched for nothing");
  });

  for (const status of ["Failed", "Error", "Timeout", "Canceled"])
    it(`ends the program when it ended as ${status}, with the end of its log`, async () => {
      const message = await messageOf(status);
      assert.match(message, new RegExp(`^Run ca7 of hello-world-first-run ended as ${status}\\.`));
      assert.ok(message.endsWith(`\n${endOfLog}`), message);
    });

  it("is told of without its log where that cannot be had", async () => {
    const message = await messageOf("Failed", { "command:local:run": refused });
    assert.match(message, /pulumi up --replace '[^']+'\n$/);
  });

  it("tells a person the run, the way to its log and the way on", () => {
    assert.equal(
      describeFailedRun({ runId: "ca7", status: "Failed", id, urn }),
      `Run ca7 of hello-world-first-run ended as Failed.
Its log: az acr task logs --registry contoso --run-id ca7
Once mended: pulumi up --replace '${urn}'`,
    );
    assert.match(describeFailedRun({ runId: "", status: undefined, id: "", urn }), /as unknown\./);
  });
});

describe("a task in a stack", () => {
  const unarmed: Record<string, AzureFunction> = {
    "azure-native:containerregistry:getTask": ({ taskName }) => ({ name: taskName }),
  };
  const make = (circumstances: Circumstances): Promise<Declared<unknown>> =>
    declare(() => makePublicSimulator(makePlatform()), circumstances);

  it("ends an up that leaves it unarmed", async () => {
    const { failures } = await make({ functions: unarmed, failing: true });
    assert.match(
      failures.map(({ message }) => message).join("\n"),
      /Task node-public did not arm its base image trigger/,
    );
  });

  it("does not end a preview", async () => {
    await make({ functions: unarmed, preview: true, deployed: true });
  });

  it("is asked what it watches only after its run", async () => {
    const { calls } = await make({ preview: true });
    assert.ok(!calls.some(({ token }) => /getTask/.test(token)));
  });

  it("has its run's log shown when Azure fails the deployment, which stays failed", async () => {
    const name = "node-public-first-run";
    let heard: string[] = [];
    let retry: boolean | undefined;
    const declared = await make({
      meanwhile: async (hooks) => {
        const hook = hooks.find((one) => one.name === `${name}-log`);
        heard = await hearErrors(async () => {
          retry = await hook?.callback({
            urn,
            id: "",
            name,
            type: "azure-native:containerregistry:TaskRun",
            newInputs: {
              runRequest: { taskId: registryId("publicregistry", "tasks/node-public") },
            },
            failedOperation: "create",
            errors: ["the run failed"],
          });
        });
      },
    });
    assert.deepEqual(declared.the("TaskRun", name).errorHooks, [`${name}-log`]);
    assert.equal(retry, false);
    assert.deepEqual(heard, [`error: [runtime] ${endOfLog}`]);
    const { inputs } =
      declared.calls.find(({ inputs }) => inputs["command"] === "node runLog.cjs") ?? {};
    assert.deepEqual(inputs?.["environment"], {
      TASK_RUN_ID: registryId("publicregistry", `taskRuns/${name}`),
    });
    assert.equal(inputs?.["logging"], "none");
  });

  it("has no empty log shown where there is none", async () => {
    let heard: string[] = ["nothing was asked"];
    await make({
      functions: {
        "command:local:run": ({ command }) =>
          command === "node runLog.cjs" ? refused() : { stdout: "no" },
      },
      meanwhile: async (hooks) => {
        const hook = hooks.find((one) => one.name.endsWith("-log"));
        heard = await hearErrors(async () => {
          const newInputs = { runRequest: {} };
          await hook?.callback({
            urn,
            id: "",
            name: "n",
            type: "t",
            newInputs,
            failedOperation: "create",
            errors: [],
          });
        });
      },
    });
    assert.deepEqual(heard, []);
  });
});
