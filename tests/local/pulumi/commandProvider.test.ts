// Does not prove how the real command plugin words its errors.
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandProvider } from "../../../local/pulumi/commandProvider";
import type { Bag } from "../../../local/pulumi/propertyBag";

describe("the command stand-in", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "command-")));
  after(() => rmSync(folder, { recursive: true }));
  const provider = createCommandProvider({
    environment: () => ({ HTTPS_PROXY: "http://127.0.0.1:1" }),
    workingDirectory: folder,
  });
  const lines: string[] = [];
  provider.attach?.((_urn, line) => lines.push(line));
  beforeEach(() => (lines.length = 0));

  const target = {
    type: "command:local:Command",
    name: "make",
    urn: "urn:pulumi:s::p::command:local:Command::make",
  };
  const bounds = (secrets: string[] = [], signal = new AbortController().signal) => ({
    secrets,
    signal,
  });
  const create = (inputs: Bag, secrets: string[] = [], signal?: AbortSignal) =>
    provider.create({ ...target, ...bounds(secrets, signal), inputs, preview: false });

  it("runs in the folder and environment asked for, without the daemon's own variables", async () => {
    process.env["DAEMON_ONLY"] = "leaked";
    const { outputs, id } = await create({
      create: 'cat; pwd; echo "$GIVEN,$HTTPS_PROXY,$DAEMON_ONLY"; echo problem >&2',
      stdin: "fed\n",
      environment: { GIVEN: "yes" },
    });
    delete process.env["DAEMON_ONLY"];
    assert.equal(outputs["stdout"], `fed\n${folder}\nyes,http://127.0.0.1:1,`);
    assert.equal(outputs["stderr"], "problem");
    assert.match(id, /^make[0-9a-f]{8}$/);
  });

  it("uses the interpreter given", async () => {
    const { outputs } = await create({ interpreter: ["node", "-e"], create: "console.log(6 * 7)" });
    assert.equal(outputs["stdout"], "42");
  });

  it("logs what was asked for, with secrets hidden", async () => {
    await create({ create: "echo my-secret-value; echo other >&2", logging: "stdout" }, [
      "my-secret-value",
    ]);
    assert.deepEqual(lines, ["***"]);
    await create({ create: "echo anything", logging: "none" });
    assert.deepEqual(lines, ["***"]);
  });

  it("fails with the exit status and what the command said, without the secrets it was given", async () => {
    await assert.rejects(
      create({ create: 'echo "bad my-secret-value" >&2; exit 3' }, ["my-secret-value"]),
      {
        message: "create command of make ended with exit status 3: bad ***",
      },
    );
  });

  it("gives update and delete the previous outputs, and runs create where there is no update", async () => {
    const state = { stdout: "before", stderr: "" };
    const update = (inputs: Bag) =>
      provider.update({
        ...target,
        ...bounds(),
        id: "x",
        oldInputs: {},
        state,
        inputs,
        preview: false,
      });
    assert.equal(
      (await update({ update: "echo $PULUMI_COMMAND_STDOUT-after" }))["stdout"],
      "before-after",
    );
    assert.equal((await update({ create: "echo again" }))["stdout"], "again");
    await assert.rejects(
      provider.delete({
        ...target,
        ...bounds(),
        id: "x",
        state,
        inputs: { delete: 'echo "undo $PULUMI_COMMAND_STDOUT" >&2; exit 1' },
      }),
      /delete command of make ended with exit status 1: undo before/,
    );
  });

  it("replaces on a changed trigger, unless there is an update command", () => {
    const diff = (rest: Bag) =>
      provider.diff({
        ...target,
        id: "x",
        state: {},
        oldInputs: { triggers: [1], ...rest },
        news: { triggers: [2], ...rest },
      }).changes;
    assert.deepEqual(diff({}), [{ path: "triggers[0]", kind: "update", replaces: true }]);
    assert.deepEqual(diff({ update: "x" }), [
      { path: "triggers[0]", kind: "update", replaces: false },
    ]);
  });

  it("ends with all its children when the engine cancels", async () => {
    const abort = new AbortController();
    const running = create({ create: "echo started; sleep 60 & wait" }, [], abort.signal);
    provider.attach?.((_urn, line) => line === "started" && abort.abort());
    await assert.rejects(running, /the command was stopped before it ended/);
  });

  const call = (args: Bag, secrets: string[] = []) =>
    provider.invoke("command:local:run", { args, ...bounds(secrets) });

  it("runs a command as a function, with what it printed as the result", async () => {
    const result = await call({
      command: 'cat; echo "$GIVEN"; echo problem >&2',
      stdin: "fed\n",
      environment: { GIVEN: "yes" },
      logging: "none",
    });
    assert.deepEqual([result["stdout"], result["stderr"]], ["fed\nyes", "problem"]);
  });

  it("fails a function with the exit status, without the secrets it was given", async () => {
    await assert.rejects(
      call({ command: "echo my-secret-value >&2; exit 4" }, ["my-secret-value"]),
      {
        message: "local.run ended with exit status 4: ***",
      },
    );
    await assert.rejects(call({}), /missing required property 'command'/);
    await assert.rejects(
      call({ command: "true", assetPaths: ["*"] }),
      /local.run: assetPaths is not simulated/,
    );
  });
});
