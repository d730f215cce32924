/** Whether the stack's settings are whole and well-formed. */
import { publicRegistryFacts } from "../../components/parts/publicRegistry";
import { schema } from "../../settings/schema";
import { checkSettings, registriesInUse } from "../../settings";
import { fault, ok, type Finding } from "../finding";
import type { Stack } from "../stack";
import { settingCommand, type Settled } from "./look";

const project = "gated-imports";

export function lookAtSettings(stack: Stack): { findings: Finding[]; settled?: Settled } {
  const { config, name } = stack;
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((key) => [key, readable(config[`${project}:${key}`])]),
  );
  given["location"] = config["azure-native:location"];
  const checked = checkSettings(given);
  if ("faults" in checked) {
    const findings = checked.faults.map(({ path, problem, example }) => {
      const key = keyOf(path);
      const change = { ...(example === undefined ? {} : { value: example }) };
      return fault(`${key} ${problem}`, settingCommand(stack, key, change));
    });
    return { findings };
  }

  const { settings } = checked;
  const findings: Finding[] = [];
  const secret = (key: string, meaning: string): string => {
    const value = config[`${project}:${key}`];
    if (typeof value === "string" && value !== "") return value;
    const words = `${project}:${key} is not set; it must be ${meaning}`;
    findings.push(fault(words, settingCommand(stack, `${project}:${key}`, { secret: true })));
    return "";
  };
  const gitToken = secret("gitToken", "a GitHub token");
  const logins = registriesInUse(settings.baseImages).flatMap((registry) => {
    const { login } = publicRegistryFacts[registry];
    if (!login) return [];
    const user = secret(`${login.key}User`, `a ${login.service} user name`);
    const password = secret(`${login.key}Password`, `a ${login.service} access token`);
    return [{ registry, user, password }];
  });
  if (findings.length > 0) return { findings };
  const dockerHub = logins.find(({ registry }) => registry === "docker.io");
  return {
    findings: [ok(`the settings of stack ${name}`)],
    settled: { settings, gitToken, ...(dockerHub ? { dockerHub } : {}) },
  };
}

/** As the program reads it: JSON where it is, else text. */
function readable(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function keyOf([first = "", ...members]: readonly PropertyKey[]): string {
  const start = first === "location" ? "azure-native:location" : `${project}:${String(first)}`;
  const steps = members.map((member) =>
    typeof member === "number" ? `[${member}]` : `.${String(member)}`,
  );
  return [start, ...steps].join("");
}
