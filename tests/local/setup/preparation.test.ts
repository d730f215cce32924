// Does not prove that the real parts can be installed.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProgress } from "@gated-imports/local/setup/progress.cjs";
import { loadSetup } from "./setupModule";

interface Work {
  signal: AbortSignal;
  log: string;
  onLine(line: string): void;
}
interface Part {
  title: string;
  key: string;
  after?: string[];
  isReady(): Promise<boolean>;
  prepare(work: Work): Promise<void>;
}
interface Modules {
  prepareParts(parts: Part[], options: object): Promise<void>;
  runCommand(command: string[], options: object): Promise<void>;
}

describe("setup/preparation", () => {
  let cache: string;
  let prepareParts: Modules["prepareParts"];
  let runCommand: Modules["runCommand"];
  let shown: string;
  const prepare = (parts: Part[], signal = new AbortController().signal): Promise<void> =>
    prepareParts(parts, {
      cache,
      signal,
      openProgress: () =>
        openProgress({ stream: { write: (text: string) => (shown += text) }, env: {} }),
    });
  const part = (key: string, run: (work: Work) => Promise<void>, after: string[] = []): Part => {
    let ready = false;
    return {
      title: key,
      key,
      after,
      isReady: async () => ready,
      async prepare(work) {
        await run(work);
        ready = true;
      },
    };
  };

  before(async () => {
    ({ prepareParts } = await loadSetup<Modules>("preparation.mjs"));
    ({ runCommand } = await loadSetup<Modules>("commandRun.mjs"));
  });
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "setup-"));
    shown = "";
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  it("is silent and does nothing when all is ready", async () => {
    const ready = { ...part("a", () => assert.fail("prepared again")), isReady: async () => true };
    await prepare([ready]);
    assert.equal(shown, "");
  });

  it("works side by side, except where one part needs another", async () => {
    const order: string[] = [];
    let openGate = (): void => undefined;
    const gate = new Promise<void>((resolve) => (openGate = resolve));
    await prepare([
      part("slow", async () => {
        await gate;
        order.push("slow");
      }),
      part("packages", async () => void order.push("packages")),
      part(
        "compile",
        async () => {
          order.push("compile");
          openGate();
        },
        ["packages"],
      ),
    ]);
    assert.deepEqual(order, ["packages", "compile", "slow"]);
  });

  it("stops the other parts when one fails, and says which and where its output is", async () => {
    const marker = join(cache, "marker");
    const slow = part("slow", (work) =>
      runCommand(["sh", "-c", `touch ${marker}; sleep 60 & wait`], work),
    );
    const broken = part("broken", async (work) => {
      while (!existsSync(marker)) await new Promise((resolve) => setTimeout(resolve, 10));
      await runCommand(["sh", "-c", "echo what is wrong; exit 3"], work);
    });
    const began = Date.now();
    await assert.rejects(
      prepare([slow, broken]),
      (error: Error & { lines: string[]; log: string }) => {
        assert.equal(error.message, "broken: sh ended with 3");
        assert.deepEqual(error.lines, ["what is wrong"]);
        assert.match(readFileSync(error.log, "utf8"), /what is wrong/);
        return true;
      },
    );
    assert.ok(Date.now() - began < 10_000, "the slow part was waited for");
    assert.match(shown, /slow: stopped/);
    assert.match(shown, /broken: failed/);
  });

  it("gives its locks back after a failure, so that the next run can go on", async () => {
    await assert.rejects(prepare([part("a", () => Promise.reject(new Error("no")))]), /a: no/);
    await prepare([part("a", async () => writeFileSync(join(cache, "done"), ""))]);
    assert.ok(existsSync(join(cache, "done")));
  });
});
