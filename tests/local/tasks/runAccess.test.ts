// Does not prove how the real vault and registries decide: both answer here as the test says.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openRig, taskId, repositoryUrl, type Rig } from "./support/rig";

const vaultSecret = (name: string): object => ({
  type: "Vaultsecret",
  value: `https://contoso.vault.azure.net/secrets/${name}`,
});
const customRegistries = {
  "public.azurecr.io": {
    userName: vaultSecret("public-user"),
    password: vaultSecret("public-password"),
    identity: "[system]",
  },
};

describe("what a task run may reach", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
    Object.assign(rig.vault.secrets, {
      "public-user": "reader",
      "public-password": "the-password-of-public",
      "web-token": "the-token-of-the-web-shop",
    });
  });
  afterEach(() => rig.close());

  it("says as the real engine does that the vault refuses, and names secret, identity and the command", async () => {
    rig.git.commit({ "acr-task.yaml": "steps:\n  - {cmd: a}\n" });
    rig.putTask({ properties: { credentials: { customRegistries } } });
    const { status, runErrorMessage = "" } = await rig.run();
    const { objectId } = rig.principal;
    assert.equal(status, "Failed");
    const words = [
      "failed to resolve secrets: keyvault.BaseClient#GetSecret: Failure responding to request: StatusCode=403",
      " -- Original Error: autorest/azure: Service returned an error. Status=403 ",
      'InnerError={"code":"AccessDenied"}; ',
      `grant it: az keyvault set-policy --name contoso --object-id ${objectId} --secret-permissions get`,
    ];
    for (const part of words) assert.ok(runErrorMessage.includes(part), runErrorMessage);
    assert.match(
      runErrorMessage,
      /; secret "public-(user|password)" of key vault "contoso" is not/,
    );
  });

  it("says the same of a secret that the task file names, so that a script finds one text", async () => {
    rig.git.commit({
      "acr-task.yaml":
        "version: v1.1.0\nsecrets:\n  - id: web\n    keyvault: https://contoso.vault.azure.net/secrets/web-token\n" +
        "steps:\n  - {cmd: a}\n",
    });
    rig.putTask({});
    const { status, runErrorMessage = "" } = await rig.run();
    assert.equal(status, "Failed");
    assert.match(runErrorMessage, /^failed to resolve secrets: .*StatusCode=403.*"web-token"/);
  });

  it("signs in to the registries that the task holds vault credentials for", async () => {
    rig.allowSecrets();
    rig.git.commit({ "acr-task.yaml": "steps:\n  - {cmd: a}\n" });
    rig.putTask({ properties: { credentials: { customRegistries } } });
    const { status, runErrorMessage } = await rig.run();
    assert.equal(status, "Succeeded", runErrorMessage);
    assert.deepEqual(
      rig.containers.calls.find((call) => call.kind === "login" && call.username === "reader"),
      {
        kind: "login",
        server: "public.azurecr.io",
        username: "reader",
        password: "the-password-of-public",
      },
    );
  });

  it("names the registry that refuses a login, and hides the password", async () => {
    rig.allowSecrets();
    rig.git.commit({ "acr-task.yaml": "steps:\n  - {cmd: a}\n" });
    rig.putTask({ properties: { credentials: { customRegistries } } });
    rig.containers.answer = (call) =>
      call.kind === "login" && call.server === "public.azurecr.io" ? 1 : 0;
    const { status, runErrorMessage } = await rig.run();
    assert.equal(status, "Failed");
    assert.equal(
      runErrorMessage,
      'registry public.azurecr.io refused the login of "reader": unauthorized: password *** is not valid',
    );
    assert.equal(rig.containers.names().filter((name) => name.includes("public")).length, 4);
  });

  it("hides secrets in the log, also across the borders of chunks and lines", async () => {
    rig.allowSecrets();
    const pem = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----";
    rig.vault.secrets.pem = pem;
    rig.git.commit({
      "acr-task.yaml":
        "version: v1.1.0\nsecrets:\n  - id: web\n    keyvault: https://contoso.vault.azure.net/secrets/web-token\n" +
        "  - id: pem\n    keyvault: https://contoso.vault.azure.net/secrets/pem\n" +
        "steps:\n  - {id: show, cmd: 'a {{.Secrets.web}}'}\n",
    });
    rig.putTask({
      step: { values: [{ name: "S", isSecret: true }] },
      secret: { values: { S: "the-secret-value" } },
    });
    rig.containers.answer = (call, options) => {
      if (call.kind !== "run") return 0;
      const text = `web=${call.container.args.join()} set=the-secret-value own=the-login-of-this-run\n${pem}\n`;
      for (const byte of Buffer.from(text)) options?.output(Buffer.from([byte]));
      options?.output(Buffer.from("x".repeat(70_000)));
      for (const byte of Buffer.from("the-token-of-the-web-shop!")) {
        options?.output(Buffer.from([byte]));
      }
      return 0;
    };
    const { runId, status, runErrorMessage } = await rig.run();
    assert.equal(status, "Succeeded", runErrorMessage);
    const log = rig.log(runId);
    assert.match(log, /web=\*\*\* set=\*\*\* own=\*\*\*\r\n/);
    assert.match(log, /xxx\*\*\*!\r\n/);
    for (const secret of ["web-shop", "secret-value", "MIIEvQ", "of-this-run"]) {
      assert.equal(log.includes(secret), false, secret);
    }
    const stored = readFileSync(join(rig.stateDir, "runs.json"), "utf8");
    assert.equal(stored.includes("secret-value"), false);
  });

  it("mounts secret files for a step and removes them with the run", async () => {
    rig.allowSecrets();
    rig.git.commit({
      "acr-task.yaml":
        "version: v1.1.0\nsecrets:\n  - id: web\n    keyvault: https://contoso.vault.azure.net/secrets/web-token\n" +
        "volumes:\n  - name: keys\n    secret:\n      token: '{{.Secrets.web | b64enc}}'\n" +
        "steps:\n  - id: use\n    cmd: a\n    volumeMounts:\n      - {name: keys, mountPath: /keys}\n",
    });
    rig.putTask();
    let seen = "";
    let source = "";
    rig.containers.answer = (call) => {
      if (call.kind !== "run") return 0;
      source = call.container.mounts?.[0]?.source ?? "";
      seen = readFileSync(join(source, "token"), "utf8");
      return 0;
    };
    const { status, runErrorMessage } = await rig.run();
    assert.equal(status, "Succeeded", runErrorMessage);
    assert.equal(seen, "the-token-of-the-web-shop");
    assert.equal(existsSync(source), false);
    assert.deepEqual(readdirSync(join(rig.stateDir, "mounts")), []);
  });

  it("gives the managed identity to azure-cli steps alone", async () => {
    rig.git.commit({
      "acr-task.yaml":
        "version: v1.1.0\nsteps:\n  - {id: deploy, cmd: az login --identity}\n  - {id: other, cmd: alpine env}\n",
    });
    rig.putTask();
    assert.equal((await rig.run()).status, "Succeeded");
    const env = rig.containers.calls.flatMap((call) =>
      call.kind === "run" ? [[call.container.name, ...(call.container.env ?? [])]] : [],
    );
    assert.deepEqual(env, [
      ["deploy", "AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:1/identity"],
      ["other"],
    ]);
  });

  for (const [what, step, secret, message] of [
    [
      "a missing branch",
      { contextPath: `${repositoryUrl}#nowhere` },
      {},
      /^branch or tag "nowhere" is not in https:\/\/github\.com\/o\/r\.git/,
    ],
    [
      "a missing repository",
      { contextPath: "https://github.com/o/none.git#main" },
      {},
      /^repository https:\/\/github\.com\/o\/none\.git was not found/,
    ],
    [
      "an unreachable host",
      { contextPath: "https://nowhere.example/o/r.git#main" },
      {},
      /^https:\/\/nowhere\.example\/o\/r\.git could not be cloned: .*502/,
    ],
    ["a bad URL", { contextPath: "ssh://x" }, {}, /"ssh:\/\/x" is not supported/],
    [
      "a refused token",
      {},
      { contextAccessToken: "ghp_wrong-wrong" },
      /^https:\/\/github\.com\/o\/r\.git refused the task's git token/,
    ],
    [
      "a missing task file",
      { taskFilePath: "other.yaml" },
      {},
      /^other\.yaml was not found in https:\/\/github\.com\/o\/r\.git#main/,
    ],
  ] as const) {
    it(`fails the run on ${what} and says which`, async () => {
      rig.git.commit({ "acr-task.yaml": "steps:\n  - {cmd: a}\n" });
      rig.putTask({ step, secret });
      const { status, runErrorMessage = "", runId } = await rig.run();
      assert.equal(status, "Failed");
      assert.match(runErrorMessage, message);
      assert.equal(rig.log(runId).includes("wrong-wrong"), false);
    });
  }

  it("keeps a task out of this machine's files, also through a link in the repository", async () => {
    const outside = join(rig.stateDir, "resources.json");
    const link = { "acr-task.yaml": "steps:\n  - {id: app, build: '-f inner -t app:1 .'}\n" };
    rig.putTask();
    rig.git.commit(link, { inner: outside });
    const { runErrorMessage } = await rig.run();
    assert.equal(
      runErrorMessage,
      'step "app" failed: Dockerfile inner is outside of the task\'s source; keep it inside',
    );
    rig.putTask({ step: { taskFilePath: "../../resources.json" } });
    assert.match((await rig.run()).runErrorMessage ?? "", /is outside of the task's source/);
    assert.equal(rig.containers.names().includes("build"), false);
  });

  it("fails a run of a deleted task instead of inventing one", () => {
    assert.throws(() => rig.runs.schedule({ taskId: `${taskId}x` }), /does not exist/);
  });
});
