/** The rule about what anyone can read who may read a task. */
import { resourceRule } from "./parts/rule";
import { expressions, texts } from "./parts/settings";
import { taskKind } from "./parts/taskShape";
import type { NamedValue, TaskProps } from "./parts/taskShape";
import { checkAll, checkEach } from "./parts/unknown";
import { vaultHost } from "./registryTask";

const secretNames = [
  "passw(or)?d|passphrase",
  "secret|credential",
  "(^|_|-)(pwd|pass|pat|token)s?($|_|-)|[a-z]token$",
  "(api|access|private|account|signing)[-_]?key",
  "connection[-_]?string",
];

const secretValues = [
  // GitHub, in its new forms
  "\\b(gh[pousr]_\\w{30,}|github_pat_\\w{30,})",
  // GitLab; Docker Hub
  "\\b(glpat-[\\w-]{20,}|dckr_(pat|oat)_[\\w-]{20,})",
  // Azure: storage and other connection strings, shared access signatures, applications' secrets
  "\\b(Account|SharedAccess)Key=[\\w+/]{20,}",
  "[?&]sig=[\\w%+/-]{20,}",
  "\\b[\\w.~-]{3}[78]Q~[\\w.~-]{31,34}",
  // Azure: passwords of a registry's tokens and admin user
  "[a-zA-Z0-9+/]{30,}\\+ACR[a-zA-Z0-9]{6,}",
  // AWS; a signed token; a key
  "\\b(AKIA|ASIA)[A-Z0-9]{16}\\b",
  "\\beyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.",
  "-----BEGIN [A-Z ]*PRIVATE KEY-----",
  // a login in a URL; a user name alone is none, unless it is as long as a token
  "://[^\\s/?#:@]*:[^\\s/?#@]+@",
  "://[^\\s/?#:@]{20,}@",
];

const decoded = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

export const taskNoPlainSecrets = resourceRule({
  name: "task-no-plain-secrets",
  description: "No secret is among a task's plain values: whoever may read the task reads them.",
  severity: "critical",
  remediationSteps:
    "Put it into the vault and read it in acr-task.yaml under secrets, or mark the value isSecret. Give a token for git as contextAccessToken, never in the URL. What was there in plain is known: replace it.",
  settings: {
    names: texts("Regular expressions: names of values that are secrets", ...secretNames),
    values: texts("Regular expressions: values that are secrets", ...secretValues),
    allowedNames: texts("Names of values that only look like secrets"),
  },
  kinds: [taskKind],
  check({ step = {}, trigger }: TaskProps, { settings, report }) {
    const names = expressions("names", settings.names);
    const values = expressions("values", settings.values);
    const looksSecret = (text: string): boolean => values.some((value) => value.test(text));

    const checkValue = (path: string, { name = "", value, isSecret }: NamedValue): void => {
      // Where a secret is kept is no secret.
      if (isSecret || !value || vaultHost(value) || settings.allowedNames.includes(name)) return;
      if (names.some((expression) => expression.test(name)))
        report(`${path} ${name} is named like a secret and is plain; keep it in the vault`);
      else if (looksSecret(value))
        report(`${path} ${name} holds what looks like a secret, in plain; keep it in the vault`);
    };
    const checkText = (path: string, text: string | undefined): void => {
      if (text && looksSecret(text))
        report(`${path} holds what looks like a secret; keep it in the vault`);
    };
    checkAll([
      () => checkEach(step.values, (value) => checkValue("step.values", value)),
      () => checkEach(step.arguments, (value) => checkValue("step.arguments", value)),
      () => checkText("step.contextPath", step.contextPath),
      () => checkText("step.sourceLocation", step.sourceLocation),
      ...(["encodedTaskContent", "encodedValuesContent"] as const).map(
        (key) => () => checkText(`step.${key}`, decoded(step[key] ?? "")),
      ),
      () =>
        checkEach(trigger?.sourceTriggers, ({ sourceRepository }) =>
          checkText("trigger.sourceTriggers repositoryUrl", sourceRepository?.repositoryUrl),
        ),
    ]);
  },
});
