// Does not prove that Azure wipes or expires passwords as the local Azure does.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { controlClient } from "../../local/daemon/controlClient";
import type { StackOutputs, Story } from "../../local/demo/story";
import { runClient } from "../local/clients";
import { azureCliForTests, pulumiForTests } from "../local/tools";
import { openStoryUnderTest, type StoryUnderTest } from "./storyUnderTest";

interface Checkpoint {
  deployment: {
    resources: { urn: string; outputs?: { stdout?: { plaintext: string } } }[];
  };
}

describe("registry tokens on real parts", function () {
  this.timeout(180_000);
  // Each step builds on the one before: after a failure the rest would only tell the same again.
  this.bail(true);
  let rig: StoryUnderTest;
  let story: Story;
  let outputs: StackOutputs;
  let variables: Record<string, string>;

  const run = async (...command: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runClient(command, variables);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  const checkpoint = (...options: string[]): Promise<string> =>
    run(
      pulumiForTests(),
      ...["stack", "export", "-s", "local", "--cwd", variables["GATED_IMPORTS_PROJECT"] ?? ""],
      ...options,
    );
  /** The passwords that the stack holds, by the token's name. */
  const passwords = async (): Promise<Record<string, string>> => {
    const { deployment } = JSON.parse(await checkpoint("--show-secrets")) as Checkpoint;
    return Object.fromEntries(
      deployment.resources.flatMap(({ urn, outputs }) => {
        const [, token] = /PullToken\$command:local:Command::(.+)-password$/.exec(urn) ?? [];
        if (!token || !outputs?.stdout) return [];
        const { value } = JSON.parse(JSON.parse(outputs.stdout.plaintext) as string) as {
          value: string;
        };
        return [[token, value]];
      }),
    );
  };
  const appPassword = async (): Promise<string> => (await passwords())["hello-world-pull"] ?? "";
  /** Whether the app's token pulls with a password. */
  const pulls = async (password: string): Promise<boolean> => {
    const file = join(rig.stateDir, "curl");
    writeFileSync(file, `user = "hello-world-pull:${password}"\n`, { mode: 0o600 });
    const options = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-K", file];
    const url = `https://${outputs.loginServers.team}/v2/hello-world/tags/list`;
    return (await run("curl", ...options, url)) === "200";
  };
  const rotate = (rotated: string): Promise<StackOutputs> =>
    story.upWith((settings) => ({ ...settings, tokens: { rotated } }));
  before(async () => {
    rig = await openStoryUnderTest("tokens");
    story = rig.story;
    outputs = await story.up(true);
    variables = await rig.variables();
  });
  after(() => rig.close());

  it("leaves no secret in the exported state", async () => {
    const state = await checkpoint();
    const { stackSecrets } = await controlClient(rig.stateDir).settings();
    const secrets = [...Object.values(stackSecrets), ...Object.values(await passwords())];
    assert.equal(Object.keys(await passwords()).length, 3);
    for (const secret of secrets) {
      assert.ok(secret.length >= 8);
      assert.ok(!state.includes(secret), "a secret is in the state in plain text");
      assert.ok(!state.includes(JSON.stringify(secret).slice(1, -1)));
    }
  });

  it("changes a password without breaking a pull that has the last one", async () => {
    const before = await appPassword();
    await rotate("2026-11-01");
    const after = await appPassword();
    assert.notEqual(after, before);
    assert.deepEqual([await pulls(before), await pulls(after)], [true, true]);
    await rig.nothingToChange();

    await rotate("2026-12-01");
    assert.deepEqual([await pulls(before), await pulls(after)], [false, true]);
    assert.ok(await pulls(await appPassword()));
  });

  it("deploys the app with the new password, so that a restart can pull", async () => {
    const [newest] = await story.runs();
    assert.equal(newest?.task, "hello-world");
    assert.equal(newest.status, "Succeeded");
    assert.ok(await story.pageColour());
  });

  it("issues a wiped password again, and no other", async () => {
    const before = await passwords();
    const [registry = ""] = outputs.loginServers.team.split(".");
    const token = ["-r", registry, "-n", "hello-world-pull"];
    const wipe = ["--password1", "--password2", "-o", "none"];
    await run(azureCliForTests(), "acr", "token", "credential", "delete", ...token, ...wipe);
    assert.equal(await pulls(before["hello-world-pull"] ?? ""), false);
    await rotate("2026-12-01");
    const after = await passwords();
    assert.ok(await pulls(after["hello-world-pull"] ?? ""));
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    assert.deepEqual(changed, ["hello-world-pull"]);
    await rig.nothingToChange();
  });

  it("issues a password again that somebody replaced with az", async () => {
    const [registry = ""] = outputs.loginServers.team.split(".");
    const token = ["-r", registry, "-n", "hello-world-pull"];
    const both = ["--password1", "--password2", "-o", "none"];
    await run(azureCliForTests(), "acr", "token", "credential", "generate", ...token, ...both);
    assert.equal(await pulls(await appPassword()), false);
    await rotate("2026-12-01");
    assert.ok(await pulls(await appPassword()));
    await rig.nothingToChange();
  });
});
