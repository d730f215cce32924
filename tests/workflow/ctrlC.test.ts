// Does not prove that a terminal sends Ctrl-C to the whole group and that npm passes the exit code on; both are theirs.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { controlClient, NotRunning } from "../../local/daemon/controlClient";
import { azureCliForTests, pulumiForTests } from "../local/tools";
import { openStackUnderTest, type StackUnderTest } from "./stackUnderTest";

const checkout = join(__dirname, "..", "..");
const commandLine = join(checkout, "local", "cli", "main.ts");

interface Ended {
  code: number | null;
  output: string;
  /** Interrupts that were sent. */
  interrupts: number;
}

/**
 * Runs a command in a process group of its own, as a shell does, and interrupts the group whenever its output matches the
 * next of the patterns.
 */
function interrupted(args: string[], patterns: RegExp[]): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ["-r", "ts-node/register/transpile-only", commandLine, ...args],
    {
      detached: true,
      cwd: checkout,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        GATED_IMPORTS_PULUMI: pulumiForTests(),
        GATED_IMPORTS_AZ: azureCliForTests(),
      },
    },
  );
  let output = "";
  let interrupts = 0;
  const read = (part: Buffer): void => {
    output += part.toString("utf8");
    while (patterns[interrupts]?.test(output)) {
      interrupts++;
      process.kill(-Number(child.pid), "SIGINT");
    }
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output, interrupts }));
  });
}

describe("workflow: Ctrl-C", function () {
  this.timeout(300_000);
  let rig: StackUnderTest;
  before(async () => (rig = await openStackUnderTest()));
  after(() => rig?.close());

  async function stopped(args: string[], ...patterns: RegExp[]): Promise<string> {
    const { code, output, interrupts } = await interrupted(
      [...args, "--state", rig.stateDir],
      patterns,
    );
    assert.deepEqual([code, interrupts], [130, patterns.length], output);
    assert.equal(output.trimEnd().split("\n").at(-1), "stopped by SIGINT", output);
    return output;
  }

  it("stops a preview with exit code 130, and does not say that it is ready", async () => {
    const output = await stopped(["preview"], /^Preview \.\.\./m);
    assert.doesNotMatch(output, /^Preview: \d+ resources/m);
  });

  it("stops an up before its engine says anything, and makes nothing", async () => {
    await stopped(["up"], /^Local Azure: running/m);
    assert.equal(await rig.story.resourceCount(), 0);
  });

  it("stops an up in the middle of its work, also when the key is pressed twice", async () => {
    await stopped(["up"], /^create containerregistry\.Registry /m, /^Stopping \.\.\./m);
  });

  it("stops an up whose last step is done, with 130 and not with success", async () => {
    const output = await stopped(["up"], /^create \S+ hello-world-first-run: done/m);
    assert.doesNotMatch(output, /^pageUrls/m);
  });

  it("goes on from there with the next up, and then has nothing to do", async () => {
    const { code, stdout, stderr } = await rig.local("up");
    assert.equal(code, 0, stderr);
    assert.match(stdout.trimEnd().split("\n").at(-1) ?? "", /^pageUrls\.hello-world +http:/);
    assert.equal((await rig.local("preview", "--expect-no-changes")).code, 0);
  });

  it("stops an up that has nothing in flight", async () => {
    await stopped(["up"], /^Local Azure: running/m);
  });

  it("stops a destroy in the middle, and another one when all is gone", async () => {
    await stopped(["destroy"], /^delete \S+ .*: done/m, /^Stopping \.\.\./m);
    await stopped(["destroy"], /^delete resources\.ResourceGroup vault-rg: done/m);
  });

  it("ends with an empty Azure after the next destroy", async () => {
    const { code, stderr } = await rig.local("destroy");
    assert.equal(code, 0, stderr);
    assert.equal(await rig.story.resourceCount(), 0);
  });

  it("leaves nothing running that an interrupted up has started itself", async () => {
    await rig.local("down");
    await stopped(["up"], /^create /m);
    await assert.rejects(controlClient(rig.stateDir).status(), NotRunning);
  });
});
