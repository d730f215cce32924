/** The pack's configuration as a whole: what is misspelt in it would be ignored without a word. */
import type { Policies } from "@pulumi/policy";
import { ConfigureAnalyzerRequest } from "@pulumi/pulumi/proto/analyzer_pb";

/** Rules and the names of their settings, as the engine hands them over: of every rule, given or not. */
type Given = Readonly<Record<string, readonly string[]>>;

/** What the engine itself knows beside rules: one enforcement level for all. */
const forAll = "all";

/** Names every rule and setting that the pack does not have. */
export function configurationFaults(rules: Policies, given: Given): string[] {
  const names = rules.map(({ name }) => name);
  return Object.entries(given).flatMap(([name, settings]) => {
    const rule = rules.find((one) => one.name === name);
    if (!rule && name !== forAll)
      return [`there is no rule ${name}; there are ${names.join(", ")}`];
    const known = Object.keys(rule?.configSchema?.properties ?? {});
    return settings
      .filter((setting) => !known.includes(setting))
      .map((setting) =>
        known.length > 0
          ? `${name} has no setting ${setting}; it has ${known.join(", ")}`
          : `${name} takes an enforcementLevel and no setting ${setting}`,
      );
  });
}

/**
 * Makes the pack refuse a configuration with something misspelt in it, before any rule is asked. The SDK looks up what it
 * knows and drops the rest, and has nothing to hook into but the request, whose entries it reads once.
 */
export function refuseMisspelt(rules: Policies): void {
  const request = ConfigureAnalyzerRequest.prototype;
  const read = request.getPolicyconfigMap;
  request.getPolicyconfigMap = function (this: ConfigureAnalyzerRequest) {
    const map = read.call(this);
    const settingsOf = (rule: string): string[] =>
      Object.keys(map.get(rule)?.getProperties()?.toJavaScript() ?? {});
    const entries = map.entries.bind(map);
    map.entries = () => {
      const names = map.toArray().map(([name]) => name);
      const faults = configurationFaults(
        rules,
        Object.fromEntries(names.map((name) => [name, settingsOf(name)])),
      );
      if (faults.length > 0) {
        // What the SDK hands on, and the engine prints, is the stack.
        const stack = faults.join("; ");
        throw Object.assign(new Error(stack), { stack });
      }
      return entries();
    };
    return map;
  };
}
