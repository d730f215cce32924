// Does not prove that the commands do what they say: the workflow test does.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseCommandLine, UsageError } from "../../../local/cli/arguments";
import { commandTexts, commandUsage } from "../../../local/cli/usage";
import { stateFolder } from "../../../local/cli/checkout";

const main = join(__dirname, "../../../local/cli/main.ts");
function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["-r", "ts-node/register/transpile-only", main, ...args],
    { encoding: "utf8", cwd: join(__dirname, "../../..") },
  );
  return { status, stdout, stderr };
}

describe("cli/command line", () => {
  it("refuses what a command does not know, and says so in one line", () => {
    const cases: [string[], string][] = [
      [[], "say which command; see npm run local -- --help"],
      [
        ["upp"],
        `there is no command upp; the commands are ${Object.keys(commandTexts).join(", ")}`,
      ],
      [["up", "--follow"], "up has no option --follow"],
      [["destroy", "--refresh"], "destroy has no option --refresh"],
      [["refresh", "--policies"], "refresh has no option --policies"],
      [["up", "now"], 'up does not take "now"'],
      [["logs", "a", "b"], 'logs does not take "b"'],
      [["up", "--stat", "x"], "Unknown option '--stat'; see npm run local -- --help"],
      [["up", "--state="], "--state needs a folder"],
      [["up", "--policy-config="], "--policy-config needs a file"],
    ];
    for (const [argv, message] of cases)
      assert.throws(() => parseCommandLine(argv), { name: "UsageError", message }, argv.join(" "));
    assert.ok(new UsageError("") instanceof Error);
  });

  it("takes options before and behind the command", () => {
    const parsed = parseCommandLine(["--state", "/s", "logs", "-f", "ca1"]);
    assert.deepEqual(parsed, {
      command: "logs",
      operands: ["ca1"],
      state: "/s",
      policyConfig: undefined,
      given: new Set(["follow"]),
    });
  });

  it("lets up and preview look for drift and ask the policies", () => {
    for (const command of ["up", "preview"]) {
      const config = ["--policy-config", "strict.json"];
      const parsed = parseCommandLine([command, "--refresh", "--policies", ...config]);
      assert.ok("given" in parsed);
      assert.equal(parsed.policyConfig, "strict.json");
      assert.deepEqual(parsed.given, new Set(["refresh", "policies"]));
      assert.match(commandUsage(command as "up" | "preview"), /--refresh .*\n.*--policies /);
    }
  });

  it("helps on every command, in every usual way", () => {
    for (const name of Object.keys(commandTexts)) {
      assert.deepEqual(parseCommandLine([name, "--help"]), { help: name });
      assert.deepEqual(parseCommandLine(["help", name]), { help: name });
    }
    assert.deepEqual(parseCommandLine(["--help"]), { help: undefined });
  });

  it("prints help on standard output with exit code 0, and errors on standard error with 2", () => {
    const help = run("--help");
    assert.equal(help.status, 0);
    for (const name of Object.keys(commandTexts))
      assert.match(help.stdout, new RegExp(`^  ${name} `, "m"));
    const wrong = run("upp");
    assert.deepEqual([wrong.status, wrong.stdout], [2, ""]);
    assert.equal(wrong.stderr.trim().split("\n").length, 1);
  });

  it("says how to start the local Azure where it does not run, with exit code 1", () => {
    const state = join(__dirname, "no-such-folder");
    for (const command of ["status", "logs"]) {
      const { status, stderr } = run(command, "--state", state);
      assert.equal(status, 1);
      assert.equal(stderr, "the local Azure is not running; start it with: npm run local -- up\n");
    }
  });

  it("finds the state folder by option, then by environment, then in the checkout", () => {
    const env = { GATED_IMPORTS_STATE: "/from-environment" };
    assert.equal(stateFolder("/asked", env), "/asked");
    assert.equal(stateFolder(undefined, env), "/from-environment");
    assert.equal(stateFolder(undefined, {}), join(__dirname, "../../../.local"));
  });
});
