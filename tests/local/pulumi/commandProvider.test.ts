// Does not prove that the real plugin does the same; its manners were read in its source, version 1.2.1.
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandProvider } from "../../../local/pulumi/commandProvider";
import { unknown, type Bag } from "../../../local/pulumi/propertyBag";

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

  it("fails in the plugin's words, with all that the command said in its order and no secret", async () => {
    const command = 'echo one; sleep 0.1; echo "my-secret-value" >&2; sleep 0.1; echo two; exit 3';
    await assert.rejects(create({ create: command }, ["my-secret-value"]), {
      message:
        'exit status 3: running "echo one; sleep 0.1; echo \\"***\\" >&2; sleep 0.1; echo two; exit 3":\n' +
        "one\n***\ntwo\n",
    });
  });

  it("lets a script see by a variable's absence that nothing was printed before", async () => {
    const { outputs } = await create({ create: 'echo "${PULUMI_COMMAND_STDOUT-absent}"' });
    assert.equal(outputs["stdout"], "absent");
    const again = await provider.update({
      ...target,
      ...bounds(),
      id: "x",
      oldInputs: {},
      state: { stdout: "out", stderr: "" },
      inputs: {
        create: 'echo "$PULUMI_COMMAND_STDOUT,${PULUMI_COMMAND_STDERR-absent}"',
        environment: { PULUMI_COMMAND_STDOUT: "the plugin's own value wins" },
      },
      preview: false,
    });
    assert.equal(again["stdout"], "out,absent");
  });

  it("previews an update without promising outputs that the command will print anew", async () => {
    const preview = (state: Bag, inputs: Bag) =>
      provider.update({
        ...target,
        ...bounds(),
        id: "x",
        oldInputs: {},
        state: { ...state, stdout: "before", stderr: "" },
        inputs,
        preview: true,
      });
    const changed = await preview({ create: "a" }, { create: "b" });
    assert.deepEqual([changed["stdout"], changed["stderr"]], [unknown, unknown]);
    const removed = await preview({ create: "a", stdin: "x" }, { create: "a" });
    assert.equal(removed["stdout"], unknown);
    const same = await preview({ create: "a" }, { create: "a" });
    assert.equal(same["stdout"], "before");
  });

  it("keeps what was printed when there is nothing to run on an update", async () => {
    const kept = await provider.update({
      ...target,
      ...bounds(),
      id: "x",
      oldInputs: {},
      state: { stdout: "before", stderr: "warned" },
      inputs: { delete: "true" },
      preview: false,
    });
    assert.deepEqual([kept["stdout"], kept["stderr"]], ["before", "warned"]);
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
        state: { ...state, delete: 'echo "undo $PULUMI_COMMAND_STDOUT" >&2; exit 1' },
        inputs: { delete: "echo not this one" },
      }),
      /^Error: exit status 1: running "echo .*":\nundo before\n$/,
    );
  });

  it("compares with what ran last, and leaves replacing on a changed trigger to the engine", () => {
    const diff = (state: Bag, news: Bag) =>
      provider.diff({
        ...target,
        id: "x",
        oldInputs: {},
        state: { ...state, stdout: "", stderr: "" },
        news,
      }).changes;
    const change = { path: "triggers[0]", kind: "update", replaces: false } as const;
    assert.deepEqual(diff({ triggers: [1] }, { triggers: [2] }), [change]);
    assert.deepEqual(diff({}, { triggers: [2] }), [
      { path: "triggers", kind: "add", replaces: true },
    ]);
    assert.deepEqual(diff({ create: "a" }, { create: "a" }), []);
  });

  it("ends with all its children when the engine cancels", async () => {
    const abort = new AbortController();
    const running = create({ create: "echo started; sleep 60 & wait" }, [], abort.signal);
    provider.attach?.((_urn, line) => line === "started" && abort.abort());
    await assert.rejects(
      running,
      /^Error: signal: killed: running "echo started; sleep 60 & wait":/,
    );
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
        message: 'exit status 4: running "echo *** >&2; exit 4":\n***\n',
      },
    );
    await assert.rejects(call({}), /missing required property 'command'/);
    await assert.rejects(
      call({ command: "true", assetPaths: ["*"] }),
      /local.run: assetPaths is not simulated/,
    );
  });
});
