// Does not prove what happens in an update, nor what Pulumi's Node.js language host does with the pack's folder.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyEvent } from "@pulumi/pulumi/automation/events";
import { withGate } from "../../local/demo/stackSettings";
import { openPreviews, type Previews } from "./previews";

const checkout = join(__dirname, "../..");
const production = join(checkout, "policies/production.json");
const openApp = join(__dirname, "fixtures/openApp");

/** Policy, level and resource of each violation; what could not be looked at in a preview left out. */
const violations = (events: PolicyEvent[]): string[] =>
  events
    .filter(({ message }) => !message.startsWith("can't run policy"))
    .map(({ policyName, enforcementLevel, resourceUrn = "" }) =>
      [policyName, enforcementLevel, resourceUrn.replace(/^.*::/, "")].join(" "),
    )
    .sort();

describe("the policy pack on Pulumi's engine", function () {
  this.timeout(120_000);
  let previews: Previews | undefined;
  afterEach(async () => {
    await previews?.close();
    previews = undefined;
  });

  it("stops a preview, and prints what is wrong with which resource and the way out", async () => {
    previews = await openPreviews(openApp);
    const { succeeded, printed, events } = await previews.preview();
    assert.equal(succeeded, false);
    assert.deepEqual(violations(events), [
      "app-builds-on-base-artifacts advisory app",
      "registry-no-admin-user mandatory open",
      "task-no-plain-secrets mandatory app",
    ]);
    const lines = printed.split("\n").map((line) => line.trim());
    for (const line of [
      "- [mandatory] [severity: high]  registry-no-admin-user  (azure-native:containerregistry:Registry: open)",
      "open: adminUserEnabled is true; leave it out and use tokens that are scoped to pull",
      "app: step.values NPM_TOKEN is named like a secret and is plain; keep it in the vault",
      "app: builds from docker.io (step REGISTRY_FROM_URL); base-artifacts is not in this stack; name its login server in the setting baseArtifacts",
    ])
      assert.ok(lines.includes(line), `${line}\nis not in\n${printed}`);
    assert.ok(!printed.includes("not-for-everyone"));
  });

  it("lets this program pass, and stops it in production where an app is not gated", async () => {
    previews = await openPreviews(checkout, {
      "gated-imports:dockerHubUser": "hub-user",
      "gated-imports:dockerHubPassword": "hub-password",
      "gated-imports:gitToken": "git-token",
    });
    const gated = await previews.preview(production);
    assert.equal(gated.succeeded, true);
    assert.deepEqual(violations(gated.events), []);

    previews.change(withGate(false));
    const { succeeded, printed } = await previews.preview(production);
    assert.equal(succeeded, false);
    const lines = printed.split("\n").map((line) => line.trim());
    const why = "base-artifacts is registry base-artifacts of this stack";
    for (const line of [
      "- [mandatory] [severity: critical]  app-builds-on-base-artifacts  (azure-native:containerregistry:Task: hello-world)",
      `hello-world: builds from registry public (step); ${why}`,
      `hello-world: signs in to registry public (credentials); ${why}`,
    ])
      assert.ok(lines.includes(line), `${line}\nis not in\n${printed}`);
  });

  it("refuses a configuration with misspelt rules and settings, all at once, as they would change nothing", async () => {
    previews = await openPreviews(openApp);
    const config = join(previews.stateDir, "misspelt.json");
    writeFileSync(
      config,
      JSON.stringify({
        all: "advisory",
        "app-builds-on-base-artefacts": { enforcementLevel: "mandatory" },
        "containers-from-registries": { registry: ["contoso.azurecr.io"] },
        "role-not-privileged": { deniedRoles: ["8e3af657-a8ff-443c-a75c-2fe8c4bcb635"] },
      }),
    );
    const { succeeded, printed, events } = await previews.preview(config);
    assert.equal(succeeded, false);
    assert.deepEqual(violations(events), []);
    for (const words of [
      "there is no rule app-builds-on-base-artefacts; there are registry-no-admin-user, ",
      "containers-from-registries has no setting registry; it has registries, exempt",
    ])
      assert.ok(printed.includes(words), `${words}\nis not in\n${printed}`);
    assert.ok(!printed.includes("role-not-privileged has"), printed);
  });
});
