// Does not prove how long Azure takes to grant or to withdraw: here it is at once.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { controlClient } from "../../local/daemon/controlClient";
import type { StackOutputs, Story } from "../../local/demo/story";
import { runClient, type Result } from "../local/clients";
import { azureCliForTests } from "../local/tools";
import { openStoryUnderTest, type StoryUnderTest } from "./storyUnderTest";

describe("access on real parts", function () {
  this.timeout(180_000);
  let rig: StoryUnderTest;
  let story: Story;
  let outputs: StackOutputs;
  let variables: Record<string, string>;

  before(async () => {
    rig = await openStoryUnderTest("access");
    story = rig.story;
    outputs = await story.up(true);
    variables = await rig.variables();
  });
  after(() => rig.close());

  const run = (...command: string[]): Promise<Result> => runClient(command, variables);
  const az = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(azureCliForTests(), ...args);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  const registryOf = (role: keyof StackOutputs["loginServers"]): string =>
    outputs.loginServers[role].split(".")[0] ?? "";
  const principal = (): Promise<string> =>
    az(
      ...["acr", "task", "show", "-r", registryOf("team"), "-n", "hello-world"],
      ...["--query", "identity.principalId", "-o", "tsv"],
    );
  /** Runs hello-world as a person does and follows its log to the end. */
  const runApp = (): Promise<Result> =>
    run(azureCliForTests(), "acr", "task", "run", "-r", registryOf("team"), "-n", "hello-world");

  it("is all there for preflight, which takes the stack's names for its own", async () => {
    const main = join(__dirname, "..", "..", "preflight", "main.ts");
    const command = [process.execPath, "-r", "ts-node/register/transpile-only", main];
    const { code, stdout, stderr } = await runClient([...command, "--state", rig.stateDir], {
      ...(process.env as Record<string, string>),
      // Whoever is signed in to Microsoft's Azure is not to be asked about here.
      ARM_CLIENT_CERTIFICATE_PATH: "/nowhere",
    });
    assert.match(stdout, /\nok {4}the names that end in \w{6} are free, or the stack's own\n/);
    assert.match(stdout, /\n\nNothing stands in the way of the first up\.\n$/, stderr);
    assert.equal(code, 0);
  });

  it("lets a person run a task with az and follow its log to the end", async () => {
    const { code, stdout, stderr } = await runApp();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Run ID: \w+ was successful/);
  });

  it("shows no secret in that log", async () => {
    const [newest] = await story.runs();
    assert.ok(newest);
    const log = await story.runLog(newest);
    const { stackSecrets } = await controlClient(rig.stateDir).settings();
    assert.ok(log.length > 0);
    for (const secret of Object.values(stackSecrets)) assert.ok(!log.includes(secret));
  });

  it("fails a run whose task lost its access policy, and names the secret and the way out", async () => {
    const identity = await principal();
    await az("keyvault", "delete-policy", "--name", outputs.vaultName, "--object-id", identity);
    const { code, stdout } = await runApp();
    assert.equal(code, 1);
    assert.match(
      stdout,
      /StatusCode=403.*; secret "\S+" of key vault "\S+" is not open to the task's identity/,
    );
    assert.match(
      stdout,
      /az keyvault set-policy --name \S+ --object-id \S+ --secret-permissions get/,
    );
    const { drift } = await story.preview();
    assert.deepEqual(
      drift.map(({ name, operation }) => [name, operation]),
      [["hello-world-reads-vault", "delete"]],
    );
    const policy = ["--object-id", identity, "--secret-permissions", "get"];
    await az("keyvault", "set-policy", "--name", outputs.vaultName, ...policy);
  });

  it("fails a run whose task lost its role: the container stays as it is", async () => {
    const known = await story.knownRuns();
    const commit = await story.commit("helloWorld", {
      path: "acr-task.yaml",
      // The task waits for a role to spread; here that would only take time.
      edit: (text) => text.replaceAll("retryDelay: 20", "retryDelay: 1"),
      message: "Retry soon",
    });
    await story.waitForRun({ role: "team", known, commit });
    const colour = await story.pageColour();
    const groups = "[?starts_with(name, 'hello-world-aci')].name | [0]";
    const group = await az("group", "list", "--query", groups, "-o", "tsv");
    await az("role", "assignment", "delete", "--assignee", await principal(), "-g", group);
    const { code, stdout } = await runApp();
    assert.equal(code, 1);
    assert.match(stdout, /step "(sign-in|deploy)" failed/);
    assert.equal(await story.pageColour(), colour);
    const { drift } = await story.preview();
    assert.deepEqual(
      drift.map(({ name, operation }) => [name, operation]),
      [["hello-world-deploys", "delete"]],
    );
  });

  it("refuses a pull that the token's scope does not name, and a push with a pull token", async () => {
    const { code, stdout, stderr } = await run(
      azureCliForTests(),
      ...["acr", "token", "credential", "generate", "-r", registryOf("team")],
      ...["-n", "hello-world-pull", "--password2", "-o", "tsv"],
      ...["--query", "passwords[?name=='password2'].value | [0]"],
    );
    assert.equal(code, 0, stderr);
    const file = join(rig.stateDir, "curl");
    writeFileSync(file, `user = "hello-world-pull:${stdout.trim()}"\n`, {
      mode: 0o600,
    });
    const server = outputs.loginServers.team;
    const status = async (path: string, ...more: string[]): Promise<string> => {
      const options = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-K", file, ...more];
      return (await run("curl", ...options, `https://${server}${path}`)).stdout;
    };
    assert.equal(await status("/v2/hello-world/tags/list"), "200");
    assert.equal(await status("/v2/other/tags/list"), "401");
    assert.equal(await status("/v2/hello-world/blobs/uploads/", "-X", "POST"), "401");
  });

  it("refuses a push to the source without the token", async () => {
    const url = "https://github.com/importing-public-content/hello-world.git";
    const anonymous = { ...variables, GIT_CONFIG_COUNT: "0", GIT_TERMINAL_PROMPT: "0" };
    const { code, stderr } = await runClient(["git", "ls-remote", url], anonymous);
    assert.notEqual(code, 0);
    assert.match(stderr, /could not read Username/);
  });
});
