/** The `steps:` of a task file: their properties, defaults and order. */
import { posix } from "node:path";
import { buildArgumentsOf } from "./buildArguments";
import { placed, shellWordsOf } from "./commandLine";
import { stepVariablesOf } from "./environment";
import { imageReferenceOf } from "./imageReference";
import { parentsOf } from "./stepOrder";
import { TaskFileError } from "./taskFileError";
import type { ContainerStep, Step, StepBase, Volume } from "./types";
import { volumeMountsOf } from "./volumes";
import type { MapReader } from "./yamlReader";

/** What the task says for all its steps. */
export interface StepDefaults {
  stepTimeout: number;
  workingDirectory: string;
  env: readonly string[];
  volumes: readonly Volume[];
  /** Image for the first word of a cmd, when that word is an alias. */
  imageOf(word: string): string | undefined;
}

const anyStep = ["id", "when", "timeout", "startDelay", "ignoreErrors"];
const containerStep = [
  "retries",
  "retryDelay",
  "retryOnErrors",
  "repeat",
  "env",
  "workingDirectory",
  "disableWorkingDirectoryOverride",
  "volumeMounts",
];
const cmdStep = [
  "entryPoint",
  "user",
  "privileged",
  "cpus",
  "ports",
  "expose",
  "detach",
  "keep",
  "pull",
  "cmdDownloadRetries",
  "cmdDownloadRetryDelay",
];
const reasons: Readonly<Record<string, string>> = {
  volumeMount: 'ACR itself ignores it; write "volumeMounts"',
  secret: 'ACR itself ignores it; use "volumes" and "volumeMounts"',
  exitedWith: "ACR itself never uses it",
  exitedWithout: "ACR itself never uses it",
  network: "steps share one network",
  isolation: "a container of Linux has but one kind",
  cache: "builds run without a cache, as on a fresh agent",
};

const defaultRetryDelay = 5;

/** All steps with their ids and what they wait for. @throws TaskFileError */
export function stepsOf(root: MapReader, defaults: StepDefaults): Step[] {
  const ids: string[] = [];
  return (root.maps("steps") ?? []).map((entry, index) => {
    const id = entry.text("id") ?? `acb_step_${index}`;
    const step = entry.named(`step "${id}"`);
    if (!/^\w[\w.-]*$/.test(id))
      throw step.fault("id", "an id consists of letters, digits, _, . and -");
    if (id === "acb_root" || ids.includes(id))
      throw step.fault("id", id === "acb_root" ? "this id is reserved" : "the id is there twice");
    const dependsOn = parentsOf(step, id, ids);
    ids.push(id);
    return stepOf(step, { id, dependsOn, defaults });
  });
}

interface StepContext {
  id: string;
  dependsOn: string[];
  defaults: StepDefaults;
}

function stepOf(step: MapReader, context: StepContext): Step {
  const kinds = ["cmd", "build", "push"].filter((kind) => step.has(kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const cause = kind === undefined ? "it has none" : `it has ${kinds.join(" and ")}`;
    throw step.fault(kinds[1], `a step has exactly one of cmd, build and push; ${cause}`);
  }
  const { id, dependsOn, defaults } = context;
  const base: StepBase = {
    id,
    line: step.line,
    dependsOn,
    timeout: positive(step.whole("timeout")) ?? defaults.stepTimeout,
    startDelay: step.whole("startDelay", 0) ?? 0,
    ignoreErrors: step.flag("ignoreErrors") ?? false,
  };
  if (kind === "push") return pushStep(step, base);
  const container = containerStepOf(step, base, defaults);
  return kind === "build" ? buildStep(step, container) : commandStep(step, container, defaults);
}

const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined;

function pushStep(step: MapReader, base: StepBase): Step {
  step.allow([...anyStep, "push"], {
    ...reasons,
    volumeMounts: "a push mounts nothing",
    retries: "a push is tried three times by itself",
  });
  const images = (step.texts("push") ?? []).map((image) => {
    checkImage(step, image);
    const last = image.split("/").at(-1) ?? "";
    return /[:@]/.test(last) ? image : `${image}:latest`;
  });
  if (images.length === 0) throw step.fault("push", "the list of images is empty");
  return { ...base, kind: "push", images: [...new Set(images)] };
}

/** To the container engine a name in front of which a hyphen stands would be an option. */
function checkImage(step: MapReader, image: string): void {
  try {
    imageReferenceOf(image);
  } catch (error) {
    throw error instanceof TaskFileError ? step.fault("push", `"${image}" is no image`) : error;
  }
}

function containerStepOf(step: MapReader, base: StepBase, defaults: StepDefaults): ContainerStep {
  const directory = step.text("workingDirectory") || defaults.workingDirectory;
  return {
    ...base,
    retries: step.whole("retries", 0) ?? 0,
    retryDelay: positive(step.whole("retryDelay")) ?? defaultRetryDelay,
    retryOnErrors: step.texts("retryOnErrors") ?? [],
    repeat: step.whole("repeat", 0) ?? 0,
    env: stepVariablesOf(step, defaults.env),
    workingDirectory: step.flag("disableWorkingDirectoryOverride")
      ? null
      : posix.resolve("/workspace", directory),
    volumeMounts: volumeMountsOf(step, defaults.volumes),
  };
}

function buildStep(step: MapReader, container: ContainerStep): Step {
  const known = [...anyStep, ...containerStep, "build"];
  // "disabled" asks for what happens anyway.
  step.allow(step.text("cache")?.toLowerCase() === "disabled" ? [...known, "cache"] : known, {
    ...reasons,
    ...Object.fromEntries(cmdStep.map((key) => [key, "it belongs to cmd steps"])),
  });
  const text = step.text("build") ?? "";
  if (text.trim() === "") throw step.fault("build", 'it is empty; "." builds the source');
  return {
    ...container,
    kind: "build",
    build: placed(step, "build", () => buildArgumentsOf(text)),
  };
}

function commandStep(step: MapReader, container: ContainerStep, defaults: StepDefaults): Step {
  step.allow([...anyStep, ...containerStep, ...cmdStep, "cmd"], reasons);
  if (step.flag("privileged"))
    throw step.fault("privileged", "it would rule this machine; only Azure has one to give away");
  const [first, ...args] = shellWordsOf(step, "cmd", step.text("cmd") ?? "");
  if (first === undefined) throw step.fault("cmd", "the command is empty");
  // An alias may stand for an image with arguments.
  const [image = "", ...more] = shellWordsOf(step, "cmd", defaults.imageOf(first) ?? first);
  // To the container engine it would be an option, not an image.
  if (image === "" || image.startsWith("-")) throw step.fault("cmd", `"${image}" is no image`);
  if (image === "docker")
    for (const key of [...cmdStep, "env", "volumeMounts"])
      if (step.has(key))
        throw step.fault(key, `"${key}" has no meaning for the agent's own docker; take it out`);
  const optional = <K extends string>(key: K): { [P in K]?: string } => {
    const value = step.text(key);
    return value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });
  };
  return {
    ...container,
    kind: "cmd",
    image,
    args: [...more, ...args],
    ...optional("entryPoint"),
    ...optional("user"),
    ...optional("cpus"),
    ports: step.texts("ports") ?? [],
    expose: step.texts("expose") ?? [],
    detach: step.flag("detach") ?? false,
    keep: step.flag("keep") ?? false,
    pull: step.flag("pull") ?? false,
    cmdDownloadRetries: step.whole("cmdDownloadRetries", 0) ?? 0,
    cmdDownloadRetryDelay: step.whole("cmdDownloadRetryDelay", 0) ?? 0,
  };
}
