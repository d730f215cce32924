/** The order of work from text to plan: version, aliases, secrets, rendering, YAML, checks. */
import { expandAliases, type Expanded } from "./aliases";
import { taskVariablesOf } from "./environment";
import { secretReferencesOf } from "./secretReferences";
import { sourceText, withoutComments } from "./sourceText";
import { stepsOf } from "./steps";
import { TaskFileError } from "./taskFileError";
import { renderTemplate } from "./template/rendering";
import { mapOf, type MapValue } from "./template/values";
import type { RunVariables, SecretReference, TaskPlan, TaskSource } from "./types";
import { volumesOf } from "./volumes";
import { type MapReader, readYaml } from "./yamlReader";

const defaultStepTimeout = 600;
const taskKeys = [
  "version",
  "stepTimeout",
  "workingDirectory",
  "env",
  "secrets",
  "volumes",
  "steps",
];

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function sortedJson(object: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return shellQuoted(
    JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))),
  );
}

function templateData(source: TaskSource, secrets: Readonly<Record<string, string>>): MapValue {
  const run: Record<keyof RunVariables, string | undefined> = {
    SharedVolume: undefined,
    Commit: undefined,
    Branch: undefined,
    TaskName: undefined,
    Repository: undefined,
    GitTag: undefined,
    TriggeredBy: undefined,
    ...source.variables,
  };
  return mapOf({
    Run: mapOf(run),
    Build: mapOf({ ID: source.variables.ID }),
    Values: mapOf(source.values),
    ValuesJSON: sortedJson(source.values),
    RunJSON: sortedJson(run),
    Secrets: mapOf(secrets),
  });
}

interface Rendered {
  expanded: Expanded;
  /** `undefined` for an empty file. */
  root: MapReader | undefined;
}

function render(source: TaskSource, secrets: Readonly<Record<string, string>>): Rendered {
  const data = templateData(source, secrets);
  const expanded = expandAliases(withoutComments(sourceText(source.file, source.text)), data);
  const rendered = renderTemplate(expanded.text, data);
  if (rendered.text.trim() === "" && source.text.trim() !== "")
    throw new TaskFileError(
      source.file,
      "nothing is left of the file once its templates are filled",
    );
  return { expanded, root: readYaml(rendered) };
}

/**
 * The secrets that the plan needs: a first pass in which `.Secrets` is empty.
 * @throws TaskFileError
 */
export function secretsOf(source: TaskSource): SecretReference[] {
  if (!source.text.includes("secrets")) return [];
  const { root } = render(source, {});
  return root ? secretReferencesOf(root) : [];
}

/** The checked plan. @throws TaskFileError */
export function planOf(source: TaskSource, secrets: Readonly<Record<string, string>>): TaskPlan {
  const { expanded, root } = render(source, secrets);
  const { version, aliases, imageOf } = expanded;
  if (!root) return { version, aliases, volumes: [], steps: [] };
  root.allow(taskKeys, { networks: "steps share one network", alias: "it needs version v1.1.0" });
  secretReferencesOf(root);
  const volumes = volumesOf(root);
  const stepTimeout = root.whole("stepTimeout") ?? 0;
  const steps = stepsOf(root, {
    stepTimeout: stepTimeout > 0 ? stepTimeout : defaultStepTimeout,
    workingDirectory: root.text("workingDirectory") ?? "",
    env: taskVariablesOf(root),
    volumes,
    imageOf,
  });
  return { version, aliases, volumes, steps };
}
