// Does not prove that the apps run: only that each gets what it needs, and nothing of another's.
import assert from "node:assert/strict";
import { valueOf, type Declared } from "../declare";
import { firstRuns } from "../firstRuns";
import { setValues } from "../fixtures";
import { plainSecrets } from "./plainSecrets";
import { node, run, shop, type Outputs } from "./program";
import { secretWriters } from "../writtenSecrets";
import { variablesOf } from "../firstRuns";
import { assertOnePolicyAtATime } from "./vaultChanges";

const settings = {
  baseImages: [
    node,
    { ...node, name: "python", tag: "3.13", source: undefined, registry: "quay.io" },
  ],
  apps: [
    { ...shop, team: "sales" },
    { ...shop, name: "checkout", team: "sales", baseImages: ["python", "node"] },
    { ...shop, name: "intranet", baseImages: ["node"], gated: false },
  ],
  quayUser: "hub-user",
  quayPassword: "hub-password",
};

describe("the program with two base images and three apps, two of one team", () => {
  let program: Declared<Outputs>;
  before(async () => {
    program = await run(settings);
  });

  it("declares a registry for each team and each app without one", () => {
    assert.deepEqual(
      program
        .kinds("Registry")
        .map(({ inputs }) => inputs["registryName"])
        .sort(),
      ["baseartifacts", "intranet", "public", "sales"].map((owner) => `contoso${owner}abc123`),
    );
  });

  it("keeps apps of one registry apart: each token pulls its own repository", () => {
    const tokens = program
      .kinds("Token")
      .filter(({ inputs }) => inputs["registryName"] === "contososalesabc123");
    assert.deepEqual(
      tokens.map(({ name, inputs }) => [
        name,
        program.the("ScopeMap", String(inputs["scopeMapId"]).split("/").at(-1) ?? "").inputs[
          "actions"
        ],
      ]),
      [
        ["web-shop-pull", ["repositories/web-shop/content/read"]],
        ["checkout-pull", ["repositories/checkout/content/read"]],
      ],
    );
  });

  it("keeps their logins apart in the vault, where each app's task finds its own", () => {
    const logins = program.kinds("Task").map(({ inputs }) => setValues(inputs)["LOGIN"]);
    assert.deepEqual(logins.filter(Boolean).sort(), [
      "registry-contosointranetabc123",
      "registry-contososalesabc123-checkout",
      "registry-contososalesabc123-web-shop",
    ]);
    const names = secretWriters(program)
      .map(variablesOf)
      .flatMap(({ SECRET_NAME, USER_SECRET_NAME }) => [SECRET_NAME, USER_SECRET_NAME])
      .filter((name) => name !== undefined);
    assert.equal(new Set(names).size, names.length, "no secret overwrites another");
    for (const login of logins.filter(Boolean))
      for (const end of ["user", "password"]) assert.ok(names.includes(`${login}-${end}`));
  });

  it("builds only the simulated image in the simulated registry", () => {
    assert.deepEqual(
      program
        .kinds("Task")
        .map(({ name }) => name)
        .sort(),
      ["base-import-node", "base-import-python", "checkout", "intranet", "node-public", "web-shop"],
    );
    const from = (task: string): unknown =>
      setValues(program.the("Task", task).inputs)["REGISTRY_FROM_URL"];
    assert.equal(from("base-import-node"), "contosopublicabc123.azurecr.io/");
    assert.equal(from("base-import-python"), "quay.io/");
    assert.equal(from("intranet"), "contosopublicabc123.azurecr.io/", "it has no gate");
  });

  it("runs an app once the gates of all images are through", () => {
    const { waitsFor } = program.the("Command", "checkout-first-run");
    for (const gate of ["node", "python"])
      assert.ok(waitsFor.has(`Command base-import-${gate}-first-run`), gate);
    assert.ok(!waitsFor.has("Command web-shop-first-run"), "one app holds up no other");
  });

  it("keeps an app going whose images are fine when the gate refuses another image", () => {
    for (const app of ["web-shop", "intranet"]) {
      const { waitsFor } = program.the("Command", `${app}-first-run`);
      assert.ok(waitsFor.has("Command base-import-node-first-run"), app);
      assert.ok(!waitsFor.has("Command base-import-python-first-run"), app);
    }
  });

  it("gives each app a host of its own, and its task the right to deploy there alone", () => {
    const scopes = program
      .kinds("RoleAssignment")
      .map(({ inputs }) => [inputs["principalId"], String(inputs["scope"]).split("/").at(-1)]);
    assert.deepEqual(
      scopes.sort(),
      ["checkout", "intranet", "web-shop"].map((app) => [
        `principal-of-${app}`,
        `${app}-aci-abc123-rg`,
      ]),
    );
  });

  it("changes the vault's policies one at a time", () => {
    assertOnePolicyAtATime(program);
  });

  it("hands out no secret in plain text", () => {
    assert.deepEqual(plainSecrets(program), []);
  });

  it("tells of every task and page by name", async () => {
    assert.deepEqual(Object.keys(program.result.pageUrls), ["web-shop", "checkout", "intranet"]);
    const { acrTasks } = program.result;
    assert.deepEqual(Object.keys(acrTasks).length, 6);
    assert.equal(await valueOf(acrTasks["checkout"]?.armedBy), "id-of-checkout-first-run");
  });

  it("can be previewed before anything exists", async () => {
    const preview = await run(settings, { preview: true });
    assert.equal(preview.all.length, program.all.length);
  });
});

describe("the program with the simulator off", () => {
  let program: Declared<Outputs>;
  before(async () => {
    program = await run({ publicSimulator: false });
  });

  it("has no simulated registry, and none of its parts", () => {
    assert.deepEqual(
      program.all.filter(({ name }) => /^(node-)?public/.test(name)),
      [],
    );
    assert.equal(firstRuns(program).length, 2);
  });

  it("imports from Docker Hub with its login, once a night too, since a push there triggers nothing", () => {
    const { inputs } = program.the("Task", "base-import-node");
    assert.ok(
      !("REGISTRY_FROM_URL" in setValues(inputs)),
      "ACR takes no docker.io/ for Docker Hub",
    );
    const { customRegistries } = inputs["credentials"] as { customRegistries: object };
    assert.deepEqual(Object.keys(customRegistries), ["docker.io"]);
    assert.deepEqual((inputs["trigger"] as { timerTriggers?: unknown }).timerTriggers, [
      { name: "schedule", status: "Enabled", schedule: "0 3 * * *" },
    ]);
  });

  it("builds an app without the gate straight on Docker Hub", async () => {
    const ungated = await run({ publicSimulator: false, apps: [{ ...shop, gated: false }] });
    const { inputs } = ungated.the("Task", "web-shop");
    assert.ok(!("REGISTRY_FROM_URL" in setValues(inputs)));
    const { customRegistries } = inputs["credentials"] as { customRegistries: object };
    assert.deepEqual(Object.keys(customRegistries), ["docker.io"]);
  });
});

describe("the program without apps, for other stacks' apps to build on", () => {
  it("declares the way in and nothing that serves a page", async () => {
    const program = await run({ apps: [] });
    assert.equal(program.kinds("ContainerGroup").length, 0);
    assert.equal(program.kinds("Registry").length, 2);
    assert.equal((await valueOf(program.result.forApps)).images.length, 1);
  });
});
