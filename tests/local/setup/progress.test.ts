// Does not prove how the display looks in a real terminal.
import assert from "node:assert/strict";
import { duration, openProgress } from "@gated-imports/local/setup/progress.cjs";

function recorder(isTTY: boolean) {
  let text = "";
  return {
    stream: { isTTY, columns: 40, rows: 10, write: (chunk: string) => (text += chunk) },
    text: () => text,
  };
}

describe("setup/progress", () => {
  it("prints one line at a step's start and one at its end where there is no terminal", () => {
    const { stream, text } = recorder(false);
    let now = 0;
    const progress = openProgress({ stream, env: {}, now: () => now });
    const step = progress.start("Build");
    now = 12_000;
    step.done();
    step.fail();
    progress.close();
    assert.equal(text(), "Build ...\nBuild: done in 12 s\n");
  });

  it("keeps escape codes out of files, CI logs and dumb terminals", () => {
    for (const [isTTY, env] of [
      [false, {}],
      [true, { CI: "true" }],
      [true, { TERM: "dumb" }],
    ] as const) {
      const { stream, text } = recorder(isTTY);
      const progress = openProgress({ stream, env });
      progress.start("A").done();
      progress.note(progress.paint("31", "red"));
      progress.close();
      assert.ok(!text().includes("\u001b"), JSON.stringify([isTTY, env]));
    }
  });

  it("shows steps side by side on a terminal and cuts lines that would wrap", () => {
    const { stream, text } = recorder(true);
    const progress = openProgress({ stream, env: { NO_COLOR: "1" } });
    const first = progress.start("First");
    progress.start("Second").update(`a detail ${"that is long ".repeat(10)}`);
    first.done();
    progress.close();
    assert.match(text(), /✓ First: done in/);
    const escape = new RegExp(`${String.fromCharCode(27)}\\[\\d*[A-Z]`, "g");
    const lines = text().replace(escape, "").split("\n");
    assert.ok(
      lines.every((line) => [...line].length <= 40),
      text(),
    );
    assert.ok(!text().includes("\u001b[3"), "no colour with NO_COLOR");
  });

  it("tells times in the shortest form", () => {
    const cases = [400, 9_960, 59_400, 185_000].map(duration);
    assert.deepEqual(cases, ["0.4 s", "10 s", "59 s", "3 min 05 s"]);
  });
});
