// Does not prove that the engine asks the pack: engine.test.ts does.
import assert from "node:assert/strict";
import { configurationFaults } from "../../policies/parts/configuration";
import { rules } from "../../policies/rules";

describe("a configuration of the policies", () => {
  it("is fine with every rule and setting there is, and with one level for all", () => {
    const whole = rules.map(({ name, configSchema }) => [
      name,
      Object.keys(configSchema?.properties ?? {}),
    ]);
    assert.deepEqual(configurationFaults(rules, { ...Object.fromEntries(whole), all: [] }), []);
  });

  it("is refused with everything that is misspelt in it, each with what there is instead", () => {
    const [first] = rules;
    assert.ok(first);
    assert.deepEqual(
      configurationFaults([first], {
        [first.name]: ["exempt", "except"],
        "registry-no-admin": [],
        all: ["exempt"],
      }),
      [
        "registry-no-admin-user has no setting except; it has exempt",
        "there is no rule registry-no-admin; there are registry-no-admin-user",
        "all takes an enforcementLevel and no setting exempt",
      ],
    );
  });
});
