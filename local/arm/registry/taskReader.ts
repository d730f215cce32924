/** Reads the `properties` of a task request: everything is checked, nothing unknown is passed over. */
import {
  knownOnly,
  listAt,
  objectAt,
  optionalChoice,
  optionalFlag,
  optionalNumber,
  optionalText,
  textAt,
  type Json,
} from "../body";
import { refuse } from "../errors";
import { readValue } from "./runs";
import { readCredentials } from "./taskCredentialReader";
import type { TaskDetails, TaskStep } from "./taskModel";
import { readTriggers } from "./taskTriggerReader";

const statuses = ["Enabled", "Disabled"] as const;
/** Seconds, as Azure's own definition of the property has them. */
const timeoutLimits = { least: 300, most: 28800, usual: 3600 };

const unserved = (what: string, advice: string): Error => refuse("NotSupportedHere", what, advice);

/** @throws ArmError that names the property at fault. */
export function readTask(given: Json): TaskDetails {
  const path = "properties";
  const members = ["status", "timeout", "platform", "agentConfiguration", "step", "trigger"];
  const ignored = ["provisioningState", "creationDate"];
  const others = ["credentials", "agentPoolName", "logTemplate", "isSystemTask"];
  knownOnly(given, [...members, ...others, ...ignored], path);
  for (const name of ["agentPoolName", "logTemplate"]) {
    if (optionalText(given[name], `${path}.${name}`) === undefined) continue;
    throw unserved(`'${path}.${name}'`, "leave it out");
  }
  if (optionalFlag(given.isSystemTask, `${path}.isSystemTask`)) {
    throw unserved("A system task (quick run)", "set isSystemTask to false");
  }
  const agentConfiguration = objectAt(given.agentConfiguration, `${path}.agentConfiguration`);
  knownOnly(agentConfiguration, ["cpu"], `${path}.agentConfiguration`);
  const cpu = optionalNumber(agentConfiguration.cpu, `${path}.agentConfiguration.cpu`);
  return {
    status: optionalChoice(given.status, statuses, `${path}.status`) ?? "Enabled",
    timeout: readTimeout(given.timeout),
    platform: readPlatform(objectAt(given.platform, `${path}.platform`)),
    ...(cpu === undefined ? {} : { agentConfiguration: { cpu } }),
    step: readStep(objectAt(given.step, `${path}.step`)),
    trigger: readTriggers(objectAt(given.trigger, `${path}.trigger`)),
    credentials: readCredentials(objectAt(given.credentials, `${path}.credentials`)),
  };
}

function readTimeout(value: unknown): number {
  const { least, most, usual } = timeoutLimits;
  const timeout = optionalNumber(value, "properties.timeout") ?? usual;
  if (Number.isInteger(timeout) && timeout >= least && timeout <= most) return timeout;
  throw refuse("BadRequest", `The task timeout ${timeout} is outside ${least} to ${most} seconds.`);
}

function readPlatform(platform: Json): TaskDetails["platform"] {
  knownOnly(platform, ["os", "architecture", "variant"], "properties.platform");
  const os = optionalText(platform.os, "properties.platform.os") ?? "linux";
  const architecture =
    optionalText(platform.architecture, "properties.platform.architecture") ?? "amd64";
  const variant = optionalText(platform.variant, "properties.platform.variant");
  if (os.toLowerCase() !== "linux" || architecture.toLowerCase() !== "amd64" || variant) {
    const asked = [os, architecture, variant].filter((part) => part !== undefined).join("/");
    throw unserved(`Platform ${asked}`, "use linux/amd64");
  }
  return { os, architecture };
}

const stepTypes = ["FileTask", "Docker", "EncodedTask"] as const;

function readStep(step: Json): TaskStep {
  const path = "properties.step";
  const type = optionalChoice(step.type, stepTypes, `${path}.type`);
  if (type === undefined) {
    throw refuse("InvalidRequestContent", `'${path}.type' is required: FileTask.`);
  }
  if (type !== "FileTask") {
    throw unserved(`A step of type ${type}`, "use a FileTask with an acr-task.yaml");
  }
  const members = ["type", "taskFilePath", "contextPath", "contextAccessToken", "values"];
  knownOnly(step, [...members, "valuesFilePath", "baseImageDependencies"], path);
  const contextPath = textAt(step.contextPath, `${path}.contextPath`);
  if (!/^https:\/\/[^/]+\/[^#]+(?:#.*)?$/.test(contextPath)) {
    throw unserved(
      `The context '${contextPath}'`,
      "use the https URL of a git repository, e.g. https://github.com/OWNER/NAME.git#main",
    );
  }
  const contextAccessToken = optionalText(step.contextAccessToken, `${path}.contextAccessToken`);
  const valuesFilePath = optionalText(step.valuesFilePath, `${path}.valuesFilePath`);
  const values = listAt(step.values, `${path}.values`).map((entry, index) =>
    readValue(objectAt(entry, `${path}.values[${index}]`), `${path}.values[${index}]`),
  );
  return {
    type,
    taskFilePath: textAt(step.taskFilePath, `${path}.taskFilePath`),
    contextPath,
    ...(contextAccessToken === undefined ? {} : { contextAccessToken }),
    values,
    ...(valuesFilePath === undefined ? {} : { valuesFilePath }),
  };
}
