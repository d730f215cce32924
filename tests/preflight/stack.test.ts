// The real Pulumi on a backend in a folder; does not prove anything of Pulumi Cloud.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStack } from "../../preflight/stack";
import { pulumiForTests } from "../local/tools";

const checkout = join(__dirname, "../..");

describe("preflight's stack", function () {
  this.timeout(60_000);
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  const pulumi = (words: string[], input?: string): string =>
    execFileSync(pulumiForTests(), [...words, "--non-interactive"], {
      cwd: join(folder, "project"),
      env: environment,
      input: input ?? "",
      encoding: "utf8",
    });
  const read = (name: string, binary = pulumiForTests()) =>
    readStack({ name, local: false }, { binary, folder: join(folder, "project"), environment });

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "preflight-"));
    for (const name of ["project", "backend", "home"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "project", "Pulumi.yaml"), "name: gated-imports\nruntime: nodejs\n");
    environment = {
      PATH: process.env["PATH"],
      HOME: folder,
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "of the test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      GATED_IMPORTS_PULUMI: pulumiForTests(),
      NODE_V8_COVERAGE: process.env["NODE_V8_COVERAGE"],
    };
    pulumi(["stack", "init", "dev"]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("has its settings as they are, with lists and secrets, and before the first up no names", async () => {
    pulumi(["config", "set", "-s", "dev", "namePrefix", "contoso"]);
    pulumi(["config", "set", "-s", "dev", "protect", "true"]);
    pulumi(["config", "set", "-s", "dev", "--path", "apps[0].name", "hello-world"]);
    pulumi(["config", "set", "-s", "dev", "azure-native:location", "eastus"]);
    pulumi(["config", "set", "-s", "dev", "--secret", "gitToken"], "ghp_of_the_test");
    assert.deepEqual(await read("dev"), {
      name: "dev",
      local: false,
      config: {
        "azure-native:location": "eastus",
        "gated-imports:apps": [{ name: "hello-world" }],
        "gated-imports:gitToken": "ghp_of_the_test",
        "gated-imports:namePrefix": "contoso",
        "gated-imports:protect": "true",
      },
      made: [],
    });
  });

  it("has the names that it made once it has been up", async () => {
    const state = JSON.parse(pulumi(["stack", "export", "-s", "dev"])) as {
      deployment: { resources?: object[] };
    };
    const urn = (type: string, name: string) => `urn:pulumi:dev::gated-imports::${type}::${name}`;
    const resource = (type: string, name: string, id: string, outputs: object) => ({
      ...{ urn: urn(type, name), custom: true, id, type, outputs, provider: provider.reference },
    });
    const provider = {
      reference: `${urn("pulumi:providers:random", "default")}::11111111-1111-4111-8111-111111111111`,
      resource: {
        urn: urn("pulumi:providers:random", "default"),
        custom: true,
        id: "11111111-1111-4111-8111-111111111111",
        type: "pulumi:providers:random",
      },
    };
    const registry = "/subscriptions/S/resourceGroups/g/providers/M/registries/contosopublicabc123";
    state.deployment.resources = [
      ...(state.deployment.resources ?? []),
      provider.resource,
      resource("random:index/randomString:RandomString", "suffix", "abc123", { result: "abc123" }),
      resource("azure-native:containerregistry:Registry", "public", registry, {}),
      resource("azure-native:containerregistry:Task", "task", `${registry}/tasks/task`, {}),
    ];
    pulumi(["stack", "import", "-s", "dev"], JSON.stringify(state));
    const { ending, made } = await read("dev");
    assert.equal(ending, "abc123");
    assert.deepEqual(made, [{ type: "azure-native:containerregistry:Registry", id: registry }]);
  });

  it("that is not there, or that nothing can read, is told in Pulumi's words", async () => {
    await assert.rejects(read("nope"), { message: "no stack named 'nope' found" });
    await assert.rejects(read("dev", "/nowhere/pulumi"), {
      message: "/nowhere/pulumi is not installed",
    });
  });

  const run = (...words: string[]) =>
    spawnSync(
      process.execPath,
      ["-r", "ts-node/register/transpile-only", join(checkout, "preflight/main.ts"), ...words],
      { cwd: checkout, env: environment, encoding: "utf8" },
    );

  it("that is not there yet ends the command with the way to make it, after all other looks", () => {
    const { status, stdout, stderr } = run("--stack", "nope");
    const [first, second] = stdout.split("\n");
    assert.equal(
      first,
      "FAULT stack nope: no stack named 'nope' found; run: pulumi stack init nope",
    );
    assert.match(second ?? "", /^FAULT not signed in: /);
    assert.match(stdout, /\n2 faults, 7 not looked at\.\n$/);
    assert.equal(stderr, "");
    assert.equal(status, 1);
  });

  it("is asked for by a command that says what it takes, and refuses the rest", () => {
    const asked = run("--help");
    assert.match(asked.stdout, /^npm run preflight \[-- --stack NAME\]\n/);
    assert.equal(asked.status, 0);
    const refused = run("--stak", "dev");
    assert.match(refused.stderr, /^Unknown option '--stak'/);
    assert.equal(refused.status, 2);
  });
});
