// Does not prove that Azure accepts any of it: the resources are mocks that answer what Azure would.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { registryId } from "../azureIds";
import { unknown } from "../declaration";
import { valueOf, type Declared } from "../declare";
import { setValues } from "../fixtures";
import { plainSecrets } from "./plainSecrets";
import { run, type Outputs } from "./program";
import { writtenSecrets } from "../writtenSecrets";
import { assertOnePolicyAtATime } from "./vaultChanges";

describe("the program as it is set by default", () => {
  let program: Declared<Outputs>;
  before(async () => {
    program = await run();
  });

  it("declares each step of the article once, and nothing beside", () => {
    const counts: Record<string, number> = {};
    for (const { type } of program.all) counts[type] = (counts[type] ?? 0) + 1;
    assert.deepEqual(counts, {
      "gated-imports:index:SecretVault": 1,
      "gated-imports:index:PublicSimulator": 1,
      "gated-imports:index:BaseArtifacts": 1,
      "gated-imports:index:TeamApp": 1,
      "gated-imports:index:Registry": 3,
      "gated-imports:index:RegistryTask": 3,
      "gated-imports:index:PullToken": 3,
      "gated-imports:index:VaultSecret": 3,
      "gated-imports:index:AppHost": 1,
      "random:index/randomString:RandomString": 1,
      "random:index/randomUuid:RandomUuid": 1,
      "command:local:Command": 9,
      "azure-native:resources:ResourceGroup": 5,
      "azure-native:containerregistry:Registry": 3,
      "azure-native:containerregistry:ScopeMap": 2,
      "azure-native:containerregistry:Token": 3,
      "azure-native:containerregistry:Task": 3,
      "azure-native:keyvault:Vault": 1,
      "azure-native:keyvault:AccessPolicy": 3,
      "azure-native:containerinstance:ContainerGroup": 1,
      "azure-native:authorization:RoleAssignment": 1,
    });
  });

  it("gives every lasting thing a resource group of its own", () => {
    const groups = program.kinds("ResourceGroup").map(({ inputs }) => inputs["resourceGroupName"]);
    assert.deepEqual(groups.sort(), [
      "contoso-vault-abc123-rg",
      "contosobaseartifactsabc123-rg",
      "contosohelloworldabc123-rg",
      "contosopublicabc123-rg",
      "hello-world-aci-abc123-rg",
    ]);
  });

  it("keeps logins in the vault under the article's names", () => {
    assert.deepEqual(writtenSecrets(program), {
      "registry-dockerhub-user": "hub-user",
      "registry-dockerhub-password": "hub-password",
      "github-token": "git-token",
      "registry-contosopublicabc123-user": "public-pull",
      "registry-contosopublicabc123-password": "public-pull",
      "registry-contosobaseartifactsabc123-user": "base-artifacts-pull",
      "registry-contosobaseartifactsabc123-password": "base-artifacts-pull",
      "registry-contosohelloworldabc123-user": "hello-world-pull",
      "registry-contosohelloworldabc123-password": "hello-world-pull",
    });
  });

  it("sets every value that the task files ask for, but for those that may be empty", () => {
    const mayBeEmpty = {
      "node-public": ["REGISTRY_FROM_URL"],
      "base-import-node": ["PIN", "REJECT", "RESTORE"],
      "hello-world": ["TAGS"],
    };
    const files = {
      "node-public": "base-image-node",
      "base-import-node": "import-baseimage-node",
      "hello-world": "hello-world",
    };
    for (const [task, folder] of Object.entries(files)) {
      const path = join(__dirname, "../../../sources", folder, "acr-task.yaml");
      const asked = readFileSync(path, "utf8").matchAll(/\.Values\.(\w+)/g);
      const set = Object.keys(setValues(program.the("Task", task).inputs));
      const names = new Set([...asked].map(([, name = ""]) => name));
      assert.deepEqual(
        [...names].filter((name) => !set.includes(name)).sort(),
        mayBeEmpty[task as keyof typeof mayBeEmpty],
        task,
      );
    }
  });

  it("runs the tasks in the order in which one's image is the next one's base", () => {
    const [publicRun, importRun, appRun] = [
      "node-public-first-run",
      "base-import-node-first-run",
      "hello-world-first-run",
    ].map((name) => program.the("Command", name));
    const host = program.the("ContainerGroup", "hello-world-aci");
    assert.ok(!publicRun?.waitsFor.has("Command base-import-node-first-run"));
    assert.ok(importRun?.waitsFor.has("Command node-public-first-run"));
    assert.ok(host.waitsFor.has("Command base-import-node-first-run"));
    assert.ok(!host.waitsFor.has("Command hello-world-first-run"));
    assert.ok(appRun?.waitsFor.has("ContainerGroup hello-world-aci"));
  });

  it("changes the vault's policies one at a time, since Azure refuses two", () => {
    assertOnePolicyAtATime(program);
  });

  it("hands no secret to Azure or to the state in plain text", () => {
    assert.deepEqual(plainSecrets(program), []);
  });

  it("tells no function of Azure's a secret either", () => {
    assert.doesNotMatch(JSON.stringify(program.calls), /generated-by|"git-token|"hub-password/);
  });

  it("gives what a person asks for next as stack outputs", async () => {
    const { keyVaultName, pageUrls, acrTasks } = program.result;
    const shown = Object.keys(program.result).sort();
    assert.deepEqual(shown, ["acrTasks", "forApps", "keyVaultName", "pageUrls"]);
    assert.equal(await valueOf(keyVaultName), "contoso-vault-abc123");
    assert.deepEqual(await valueOf(pageUrls), { "hello-world": "http://20.0.0.1" });
    assert.deepEqual(Object.keys(acrTasks), ["node-public", "base-import-node", "hello-world"]);
    assert.deepEqual(await valueOf(acrTasks["hello-world"] as object), {
      registry: "contosohelloworldabc123",
      taskId: registryId("contosohelloworldabc123", "tasks/hello-world"),
      armedBy: "id-of-hello-world-first-run",
    });
  });

  it("keeps of its outputs only the password for other stacks' apps secret", async () => {
    const { forApps, ...others } = program.result;
    assert.ok(await pulumi.isSecret(forApps));
    assert.ok(!(await pulumi.isSecret(pulumi.output(others))));
  });

  it("can be previewed before anything exists", async () => {
    const preview = await run({}, { preview: true });
    assert.deepEqual(
      preview.all.map(({ urn }) => urn).sort(),
      program.all.map(({ urn }) => urn).sort(),
    );
    assert.equal(preview.the("Registry", "public").inputs["registryName"], unknown);
    const { environment } = preview.the("Command", "hello-world-first-run").inputs;
    assert.equal((environment as Record<string, unknown>)["DEFINITION"], unknown);
  });

  it("stops before it declares anything when a secret is missing, and shows the command", async () => {
    let declared: Declared<unknown> | undefined;
    await assert.rejects(
      async () => {
        declared = await run({ gitToken: "" });
      },
      { message: /pulumi config set --secret gated-imports:gitToken$/ },
    );
    assert.equal(declared, undefined);
  });
});
