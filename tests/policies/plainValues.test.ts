// Does not prove that every secret is recognised: the patterns know common forms only.
import assert from "node:assert/strict";
import { taskNoPlainSecrets } from "../../policies/plainValues";
import { judge, unknown, unknownBag, unknownList, type Verdict } from "./harness";

const judgeStep = (step: unknown, config = {}, more = {}): Promise<Verdict> =>
  judge(
    taskNoPlainSecrets,
    { type: "containerregistry:Task", name: "hello-world", props: { step, ...more } },
    config,
  );
const judgeValue = (name: string | undefined, value?: string, config = {}): Promise<Verdict> =>
  judgeStep({ values: [{ name, value, isSecret: false }] }, config);

const named = (name: string): string[] => [
  `hello-world: step.values ${name} is named like a secret and is plain; keep it in the vault`,
];
const held = (path: string): string[] => [
  `hello-world: ${path} holds what looks like a secret, in plain; keep it in the vault`,
];
const within = (path: string): string[] => [
  `hello-world: ${path} holds what looks like a secret; keep it in the vault`,
];

describe("task-no-plain-secrets", () => {
  it("lets the article's values pass, and what is marked as a secret", async () => {
    const values = {
      REGISTRY_FROM_URL: "contosobaseartifactsabc123.azurecr.io/",
      IMAGE: "node",
      TAG: "22-alpine",
      APP: "hello-world",
      KEYVAULT: "contoso-vault-abc123",
      ACI: "hello-world-aci-abc123",
      ACI_RG: "hello-world-aci-abc123-rg",
      PATH_PREFIX: "/token-service",
      DIGEST: `sha256:${"0123456789abcdef".repeat(4)}`,
    };
    for (const [name, value] of Object.entries(values))
      assert.deepEqual(await judgeValue(name, value), { violations: [] }, name);
    const secret = { name: "PASSWORD", value: "hunter2", isSecret: true };
    assert.deepEqual(
      await judgeStep({
        contextPath: "https://github.com/contoso/hello-world.git#main",
        values: [secret],
        arguments: [secret],
      }),
      { violations: [] },
    );
    assert.deepEqual(await judgeStep(undefined), { violations: [] });
  });

  it("finds a secret by the name of its value", async () => {
    for (const name of [
      "DB_PASSWORD",
      "passwd",
      "GITHUB_TOKEN",
      "githubToken",
      "CLIENT_SECRET",
      "apiKey",
      "STORAGE_CONNECTION_STRING",
      "DB_PASS",
    ])
      assert.deepEqual(await judgeValue(name, "x"), { violations: named(name) }, name);
  });

  it("finds a secret by its form, and does not repeat it", async () => {
    const letters = "aB3".repeat(14);
    for (const value of [
      `ghp_${letters}`,
      `github_pat_${letters}`,
      `glpat-${letters}`,
      `dckr_pat_${letters}`,
      `DefaultEndpointsProtocol=https;AccountKey=${letters}==`,
      `https://x.blob.core.windows.net/c?sv=2024&sig=${letters}`,
      `abc8Q~${letters.slice(0, 34)}`,
      `${letters}+ACRD${letters.slice(0, 6)}`,
      "AKIAABCDEFGHIJKLMNOP",
      `eyJ${letters}.eyJ${letters}.sig`,
      "-----BEGIN RSA PRIVATE KEY-----",
      "postgres://app:hunter2@db/app",
    ])
      assert.deepEqual(await judgeValue("X", value), { violations: held("step.values X") }, value);
    assert.deepEqual(await judgeValue(undefined, `ghp_${letters}`), {
      violations: held("step.values "),
    });
    const build = { arguments: [{ name: "X", value: `ghp_${letters}` }] };
    assert.deepEqual(await judgeStep(build), { violations: held("step.arguments X") });
  });

  it("takes no empty value and no vault secret's URL for a secret", async () => {
    const url = "https://contoso-vault.vault.azure.net/secrets/db-password";
    for (const value of ["", undefined, url])
      assert.deepEqual(await judgeValue("DB_PASSWORD", value), { violations: [] });
  });

  it("finds a login in the URL of the source, but no mere user name", async () => {
    const judgeUrl = (contextPath: string): Promise<Verdict> => judgeStep({ contextPath });
    const violations = within("step.contextPath");
    const token = "x".repeat(40);
    assert.deepEqual(await judgeUrl(`https://${token}@github.com/a/b.git`), { violations });
    assert.deepEqual(await judgeUrl(`https://me:pass@github.com/a/b.git`), { violations });
    assert.deepEqual(await judgeUrl("https://contoso@dev.azure.com/contoso/p/_git/r"), {
      violations: [],
    });
    const sourceTriggers = [{ sourceRepository: { repositoryUrl: "https://a:b@github.com/a/b" } }];
    assert.deepEqual(await judgeStep({}, {}, { trigger: { sourceTriggers } }), {
      violations: within("trigger.sourceTriggers repositoryUrl"),
    });
    assert.deepEqual(await judgeStep({}, {}, { trigger: { sourceTriggers: [{}] } }), {
      violations: [],
    });
  });

  it("looks into a task that is given encoded", async () => {
    const encodedTaskContent = Buffer.from("- cmd: curl https://a:b@example.com").toString(
      "base64",
    );
    assert.deepEqual(await judgeStep({ encodedTaskContent }), {
      violations: within("step.encodedTaskContent"),
    });
  });

  it("can be told other patterns, and names that only look like secrets", async () => {
    const config = { names: ["^X_"], values: ["^pw-"], allowedNames: ["X_RAY"] };
    assert.deepEqual(await judgeValue("X_1", "a", config), { violations: named("X_1") });
    assert.deepEqual(await judgeValue("Y", "pw-1", config), { violations: held("step.values Y") });
    assert.deepEqual(await judgeValue("X_RAY", "a", config), { violations: [] });
    assert.deepEqual(await judgeValue("PASSWORD", "a", config), { violations: [] });
  });

  it("names a pattern that is none", async () => {
    await assert.rejects(judgeValue("X", "a", { names: ["("] }), {
      message: "setting names: ( is not a regular expression",
    });
  });

  it("finds a secret beside values that a preview does not know", async () => {
    const values = [
      { name: "REGISTRY_FROM_URL", value: unknown },
      { name: "DB_PASSWORD", value: "hunter2" },
    ];
    assert.deepEqual(await judgeStep({ values }), {
      violations: named("DB_PASSWORD"),
      unknown: "step.values.0.value",
    });
    const step = { values: unknownList, contextPath: "https://a:b@github.com/a/b" };
    assert.deepEqual(await judgeStep(step), {
      violations: within("step.contextPath"),
      unknown: "step.values",
    });
    assert.deepEqual(await judgeStep(unknownBag), { violations: [], unknown: "step" });
  });
});
