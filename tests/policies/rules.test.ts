// Does not start the pack: engine.test.ts does.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import type * as typescript from "typescript";
import { checkAll, ifKnown } from "../../policies/parts/unknown";
import { rules } from "../../policies/rules";
import { judge } from "./harness";

const folder = join(__dirname, "../../policies");
const readme = readFileSync(join(folder, "README.md"), "utf8");

describe("the policy pack", () => {
  it("has all of its rules, each under the name that configurations use", () => {
    assert.deepEqual(rules.map(({ name }) => name).sort(), [
      "app-builds-on-base-artifacts",
      "containers-from-registries",
      "registry-no-admin-user",
      "registry-no-anonymous-pull",
      "role-not-privileged",
      "role-scope-narrow",
      "task-credentials-from-vault",
      "task-managed-identity",
      "task-no-plain-secrets",
      "vault-access-get-only",
    ]);
  });

  it("stops a deployment for every rule but the one that the article breaks on purpose", () => {
    const advisory = rules.filter(({ enforcementLevel }) => enforcementLevel !== "mandatory");
    assert.deepEqual(
      advisory.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
      [["app-builds-on-base-artifacts", "advisory"]],
    );
  });

  it("tells of each rule how grave it is, what to do, and what can be set to what", () => {
    for (const { name, description, severity, remediationSteps, configSchema } of rules) {
      assert.ok(description.endsWith(".") && remediationSteps?.endsWith("."), name);
      assert.ok(severity, name);
      const settings = Object.entries(configSchema?.properties ?? {});
      assert.ok(settings.some(([key]) => key === "exempt"));
      for (const [key, schema] of settings) {
        assert.ok(schema.description, `${name} ${key}`);
        assert.notEqual(schema.default, undefined, `${name} ${key}`);
      }
    }
  });

  it("documents every rule and setting in its README", () => {
    for (const { name, configSchema } of rules)
      for (const word of [name, ...Object.keys(configSchema?.properties ?? {})])
        assert.ok(readme.includes(`\`${word}\``), `${word} is not in policies/README.md`);
  });

  it("is written in the TypeScript that Pulumi has with it, for stacks that bring no other", () => {
    const load = createRequire(join(folder, "package.json"));
    const pulumi = load.resolve("@pulumi/pulumi/package.json");
    const vendored = join(pulumi, "../vendor/typescript@3.8.3/typescript.js");
    const { transpileModule } = load(vendored) as typeof typescript;
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !file.includes("node_modules"),
    );
    assert.ok(files.length > 10);
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      const { diagnostics } = transpileModule(text, { reportDiagnostics: true });
      assert.deepEqual(
        diagnostics?.map(({ messageText }) => messageText),
        [],
        file,
      );
    }
  });

  it("takes a misspelt setting for a mistake, which the engine does not", async () => {
    for (const rule of rules.filter((each) => "validateResource" in each)) {
      const kind = {
        "registry-no-admin-user": "containerregistry:Registry",
        "registry-no-anonymous-pull": "containerregistry:Registry",
        "vault-access-get-only": "keyvault:Vault",
        "role-not-privileged": "authorization:RoleAssignment",
        "role-scope-narrow": "authorization:RoleAssignment",
        "containers-from-registries": "containerinstance:ContainerGroup",
      }[rule.name];
      const subject = { type: kind ?? "containerregistry:Task", props: {} };
      const settings = Object.keys(rule.configSchema?.properties ?? {}).join(", ");
      await assert.rejects(judge(rule as ResourceValidationPolicy, subject, { exemt: [] }), {
        message: `${rule.name} has no setting exemt; it has ${settings}`,
      });
    }
  });

  it("does not take a defect of its own for an unknown value", () => {
    const defect = (): never => {
      throw new TypeError("defect");
    };
    assert.throws(() => ifKnown(defect), TypeError);
    assert.throws(() => checkAll([defect]), TypeError);
  });
});
