// Does not prove that Azure heeds the settings: the rules read what the program says.
import assert from "node:assert/strict";
import { registryNoAdminUser, registryNoAnonymousPull } from "../../policies/containerRegistry";
import { judge, unknown } from "./harness";

const registry = (props: Record<string, unknown>) => ({
  type: "containerregistry:Registry",
  name: "team",
  props,
});

describe("a registry's policies", () => {
  const cases = [
    { rule: registryNoAdminUser, property: "adminUserEnabled" },
    { rule: registryNoAnonymousPull, property: "anonymousPullEnabled" },
  ];
  for (const { rule, property } of cases) {
    describe(rule.name, () => {
      it("let a registry pass that leaves it out or switches it off", async () => {
        assert.deepEqual(await judge(rule, registry({})), { violations: [] });
        assert.deepEqual(await judge(rule, registry({ [property]: false })), { violations: [] });
      });

      it("name the registry and the way out", async () => {
        assert.deepEqual(await judge(rule, registry({ [property]: true })), {
          violations: [
            `team: ${property} is true; leave it out and use tokens that are scoped to pull`,
          ],
        });
      });

      it("say that a preview does not know yet, rather than that all is well", async () => {
        assert.deepEqual(await judge(rule, registry({ [property]: unknown })), {
          violations: [],
          unknown: property,
        });
      });

      it("leave an exempt registry alone, and a resource of another type", async () => {
        const bad = registry({ [property]: true });
        assert.deepEqual(await judge(rule, bad, { exempt: ["te*"] }), {
          violations: [],
          notApplicable: "team is exempt",
        });
        assert.deepEqual(await judge(rule, { ...bad, type: "keyvault:Vault" }), {
          violations: [],
          notApplicable: "only for containerregistry:Registry",
        });
      });

      it("hold for a registry that is declared at an API version of its own", async () => {
        const versioned = "azure-native:containerregistry/v20250401:Registry";
        const { violations } = await judge(rule, {
          ...registry({ [property]: true }),
          type: versioned,
        });
        assert.equal(violations.length, 1);
      });
    });
  }
});
