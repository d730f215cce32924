// Does not prove that Pulumi takes the copy: stack.test.ts runs stacks on it.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { prepareProject } from "../../../local/pulumi/project";
import { makePulumiPlaces } from "../../../local/pulumi/pulumiEnvironment";

describe("the local stack's copy of its settings", () => {
  it("says which file it is a copy of, so that mistakes are told where one mends them", () => {
    const folder = mkdtempSync(join(tmpdir(), "project-"));
    try {
      const programDir = join(folder, "checkout");
      const places = makePulumiPlaces(join(folder, "checkout", "state"));
      writeFileSync(join(programDir, "Pulumi.yaml"), "name: gated-imports\n");
      const source = join(programDir, "Pulumi.local.yaml");
      writeFileSync(source, "config:\n  gated-imports:protect: true\n");
      prepareProject({ places, programDir, stackName: "local" });
      const { config } = parse(
        readFileSync(join(places.projectDir, "Pulumi.local.yaml"), "utf8"),
      ) as { config: object };
      assert.deepEqual(config, { "gated-imports:protect": true, "local:settingsFile": source });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
