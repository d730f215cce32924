// Does not prove that Azure fails the deployment of a failed run: only what happens when it does not.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { TaskRun } from "@pulumi/azure-native/containerregistry";
import { describeFailedRun, succeededRunId } from "../../components/parts/firstRun";

const id =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/contoso/taskRuns/hello-world-first-run";
const urn = "urn:pulumi:dev::gated-imports::azure-native:containerregistry:TaskRun::first";

const runOf = (status: string): TaskRun =>
  ({
    id: pulumi.output(id),
    urn: pulumi.output(urn),
    runResult: pulumi.output({ runId: "ca7", status }),
  }) as unknown as TaskRun;

const promiseOf = (output: pulumi.Output<string>): Promise<string> =>
  (output as unknown as { promise(): Promise<string> }).promise();

describe("a first run", () => {
  it("gives its id when it ended well", async () => {
    assert.equal(await promiseOf(succeededRunId(runOf("Succeeded"))), "ca7");
  });

  for (const status of ["Failed", "Error", "Timeout", "Canceled"])
    it(`ends the program when it ended as ${status}`, async () => {
      await assert.rejects(promiseOf(succeededRunId(runOf(status))), {
        message: new RegExp(`^Run ca7 of hello-world-first-run ended as ${status}\\.`),
      });
    });

  it("tells a person the run, the way to its log and the way on", () => {
    assert.equal(
      describeFailedRun({ runId: "ca7", status: "Failed", id, urn }),
      `Run ca7 of hello-world-first-run ended as Failed.
Its log: az acr task logs --registry contoso --run-id ca7
Once mended: pulumi up --replace '${urn}'`,
    );
  });
});
