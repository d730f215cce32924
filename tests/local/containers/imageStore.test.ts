// Does not prove that podman forgets a mount, which only happens now and then: here it is made by hand.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openImageStore } from "../../../local/containers/imageStore";

describe("containers/image store", function () {
  this.timeout(30_000);

  it("can be removed although podman left its layers mounted", async () => {
    const parent = mkdtempSync(join(tmpdir(), "image store "));
    const open = (name: string) =>
      openImageStore({ folder: join(parent, name), clientEnvironment: () => ({}) });
    const mountLayers = (name: string): string => {
      const layers = join(parent, name, "root", "overlay");
      mkdirSync(layers, { recursive: true });
      execFileSync("mount", ["--bind", layers, layers]);
      return layers;
    };
    const stopped = open("stopped");
    mountLayers("stopped");
    await stopped.stop();
    rmSync(stopped.folder, { recursive: true });

    const removed = open("removed");
    const layers = mountLayers("removed");
    await removed.remove();
    assert.ok(!existsSync(removed.folder));
    assert.ok(!readFileSync("/proc/self/mounts", "utf8").includes(layers));
    rmSync(parent, { recursive: true });
  });
});
