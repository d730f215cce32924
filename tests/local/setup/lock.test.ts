// Does not prove anything about folders on network file systems.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadSetup, setupFolder } from "./setupModule";

interface LockModule {
  takeLock(
    folder: string,
    options?: { signal?: AbortSignal; onWait?: (owner: string) => void },
  ): Promise<() => void>;
}

describe("setup/lock", () => {
  let folder: string;
  let lock: string;
  let takeLock: LockModule["takeLock"];
  before(async () => {
    ({ takeLock } = await loadSetup<LockModule>("lock.mjs"));
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lock-"));
    lock = join(folder, "locks", "engine");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("lets one process build at a time", async () => {
    const url = pathToFileURL(join(setupFolder, "lock.mjs")).href;
    const log = join(folder, "log");
    const script = `
      import { appendFileSync } from "node:fs";
      import { setTimeout } from "node:timers/promises";
      const { takeLock } = await import(${JSON.stringify(url)});
      const release = await takeLock(${JSON.stringify(lock)});
      appendFileSync(${JSON.stringify(log)}, "in ");
      await setTimeout(30);
      appendFileSync(${JSON.stringify(log)}, "out ");
      release();`;
    const runs = [1, 2, 3].map(
      () =>
        new Promise((resolve) =>
          spawn(process.execPath, ["--input-type=module", "-e", script]).once("exit", resolve),
        ),
    );
    assert.deepEqual(await Promise.all(runs), [0, 0, 0]);
    assert.equal(readFileSync(log, "utf8"), "in out ".repeat(3));
  });

  it("takes over from a process that was killed", async () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, "owner"), `${dead} 1`);
    (await takeLock(lock))();
    assert.ok(!existsSync(lock));
  });

  it("takes over when another process has got the owner's number", async () => {
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, "owner"), `${process.pid} 1`);
    (await takeLock(lock))();
  });

  it("names the process it waits for, and stops waiting on request", async () => {
    const release = await takeLock(lock);
    const stop = new AbortController();
    let owner = "";
    const waiting = takeLock(lock, {
      signal: stop.signal,
      onWait: (pid) => {
        owner = pid;
        stop.abort();
      },
    });
    await assert.rejects(waiting, { name: "AbortError" });
    assert.equal(owner, String(process.pid));
    release();
  });
});
