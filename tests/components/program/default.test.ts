// Does not prove that Azure accepts any of it: the resources are mocks that answer what Azure would.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type * as index from "../../index";
import { declare, unknown, valueOf, type Circumstances, type Declared } from "./declare";

const config = {
  "azure-native:location": "eastus",
  "gated-imports:dockerHubUser": "hub-user",
  "gated-imports:dockerHubPassword": "hub-password",
  "gated-imports:gitToken": "git-token",
};
const secretKeys = Object.keys(config).filter((key) => key.startsWith("gated-imports:"));

type Outputs = typeof index;
const load = createRequire(__filename);

/** The program afresh, as each `pulumi up` runs it. */
function run(more: Circumstances = {}): Promise<Declared<Outputs>> {
  return declare(
    () => {
      delete load.cache[load.resolve("../../index")];
      return load("../../index") as Outputs;
    },
    { secretKeys, ...more, config: { ...config, ...more.config } },
  );
}

const ungated = { "gated-imports:app": JSON.stringify({ gated: false }) };

describe("the program", () => {
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
      "gated-imports:index:AppHost": 1,
      "random:index/randomString:RandomString": 1,
      "random:index/randomUuid:RandomUuid": 1,
      "command:local:Command": 3,
      "azure-native:resources:ResourceGroup": 5,
      "azure-native:containerregistry:Registry": 3,
      "azure-native:containerregistry:ScopeMap": 2,
      "azure-native:containerregistry:Token": 3,
      "azure-native:containerregistry:Task": 3,
      "azure-native:containerregistry:TaskRun": 3,
      "azure-native:keyvault:Vault": 1,
      "azure-native:keyvault:Secret": 9,
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
      "contosopublicabc123-rg",
      "contosoteamabc123-rg",
      "hello-world-aci-abc123-rg",
    ]);
  });

  it("keeps logins in the vault under the article's names", () => {
    const secrets = program
      .kinds("Secret")
      .map(({ inputs }) => [
        inputs["secretName"],
        (inputs["properties"] as { value: string }).value,
      ]);
    assert.deepEqual(Object.fromEntries(secrets), {
      "registry-dockerhub-user": "hub-user",
      "registry-dockerhub-password": "hub-password",
      "github-token": "git-token",
      "registry-contosopublicabc123-user": "registry-contosopublicabc123-user",
      "registry-contosopublicabc123-password": "generated-by-public-pull-password",
      "registry-contosobaseartifactsabc123-user": "registry-contosobaseartifactsabc123-user",
      "registry-contosobaseartifactsabc123-password": "generated-by-base-artifacts-pull-password",
      "registry-contosoteamabc123-user": "registry-contosoteamabc123-user",
      "registry-contosoteamabc123-password": "generated-by-hello-world-pull-password",
    });
  });

  it("runs the tasks in the order in which one's image is the next one's base", () => {
    const [publicRun, importRun, appRun] = [
      "node-public-first-run",
      "base-import-node-first-run",
      "hello-world-first-run",
    ].map((name) => program.the("TaskRun", name));
    const host = program.the("ContainerGroup", "hello-world-aci");
    assert.ok(!publicRun?.waitsFor.has("TaskRun base-import-node-first-run"));
    assert.ok(importRun?.waitsFor.has("TaskRun node-public-first-run"));
    assert.ok(host.waitsFor.has("TaskRun base-import-node-first-run"));
    assert.ok(!host.waitsFor.has("TaskRun hello-world-first-run"));
    assert.ok(appRun?.waitsFor.has("ContainerGroup hello-world-aci"));
  });

  it("changes the vault once at a time, since Azure refuses two", () => {
    const changes = [...program.kinds("Secret"), ...program.kinds("AccessPolicy")];
    const counts = changes.map(
      ({ waitsFor }) => [...waitsFor].filter((one) => /^(Secret|AccessPolicy) /.test(one)).length,
    );
    assert.deepEqual(
      counts.sort((a, b) => a - b),
      changes.map((_, place) => place),
    );
  });

  it("hands no secret to Azure or to the state in plain text", () => {
    const known = [
      "hub-user",
      "hub-password",
      "git-token",
      "generated-by-public-pull-password",
      "generated-by-base-artifacts-pull-password",
      "generated-by-hello-world-pull-password",
    ];
    const plain = (value: unknown, path: string, secrets: string[]): string[] => {
      if (secrets.includes(path)) return [];
      if (typeof value === "string") return known.includes(value) ? [path] : [];
      if (Array.isArray(value))
        return value.flatMap((item, i) => plain(item, `${path}[${i}]`, secrets));
      return Object.entries(value ?? {}).flatMap(([key, part]) =>
        plain(part, path ? `${path}.${key}` : key, secrets),
      );
    };
    for (const { kind, name, inputs, secrets } of program.all)
      assert.deepEqual(plain(inputs, "", secrets), [], `${kind} ${name}`);
  });

  it("gives what a person asks for next as stack outputs", async () => {
    assert.deepEqual(await valueOf({ ...program.result } as object), {
      vaultName: "contoso-vault-abc123",
      loginServers: {
        public: "contosopublicabc123.azurecr.io",
        baseArtifacts: "contosobaseartifactsabc123.azurecr.io",
        team: "contosoteamabc123.azurecr.io",
      },
      taskNames: {
        public: "node-public",
        baseArtifacts: "base-import-node",
        team: "hello-world",
      },
      firstRunIds: {
        public: "id-of-node-public-first-run",
        baseArtifacts: "id-of-base-import-node-first-run",
        team: "id-of-hello-world-first-run",
      },
      pageUrl: "http://20.0.0.1",
    });
  });

  it("declares the same things behind the gate as before it", async () => {
    const before = await run({ config: ungated });
    assert.deepEqual(
      before.all.map(({ urn }) => urn).sort(),
      program.all.map(({ urn }) => urn).sort(),
    );
  });

  it("runs only the app's task again when the gate is put up", async () => {
    const before = await run({ config: ungated });
    const changed = program.kinds("TaskRun").filter(({ name, inputs }) => {
      const { forceUpdateTag } = before.the("TaskRun", name).inputs;
      return forceUpdateTag !== inputs["forceUpdateTag"];
    });
    assert.deepEqual(
      changed.map(({ name }) => name),
      ["hello-world-first-run"],
    );
  });

  it("runs no task again for a new git token", async () => {
    const after = await run({ config: { "gated-imports:gitToken": "another-token" } });
    for (const { name, inputs } of program.kinds("TaskRun"))
      assert.deepEqual(after.the("TaskRun", name).inputs, inputs);
  });

  it("runs every task again for another tag of the base image", async () => {
    const after = await run({
      config: { "gated-imports:baseImage": JSON.stringify({ tag: "24-alpine" }) },
    });
    for (const { name, inputs } of program.kinds("TaskRun"))
      assert.notEqual(
        after.the("TaskRun", name).inputs["forceUpdateTag"],
        inputs["forceUpdateTag"],
      );
  });

  it("can be previewed before anything exists", async () => {
    const preview = await run({ preview: true });
    assert.deepEqual(
      preview.all.map(({ urn }) => urn).sort(),
      program.all.map(({ urn }) => urn).sort(),
    );
    assert.equal(preview.the("Registry", "public").inputs["registryName"], unknown);
    assert.equal(preview.the("TaskRun", "hello-world-first-run").inputs["forceUpdateTag"], unknown);
  });

  it("stops before it declares anything when a secret is missing, and shows the command", async () => {
    let declared: Declared<unknown> | undefined;
    await assert.rejects(
      async () => {
        declared = await run({ config: { "gated-imports:gitToken": "" } });
      },
      { message: /pulumi config set --secret gated-imports:gitToken$/ },
    );
    assert.equal(declared, undefined);
  });
});
