/** What the commands are, for --help. */

export type OptionName =
  | "state"
  | "json"
  | "show-secrets"
  | "expect-no-changes"
  | "refresh"
  | "policies"
  | "policy-config"
  | "follow"
  | "delete"
  | "help";

interface OptionText {
  type: "string" | "boolean";
  /** As typed, e.g. `--state DIR`. */
  form: string;
  text: string;
  short?: string;
}

export const options: Record<OptionName, OptionText> = {
  state: {
    type: "string",
    form: "--state DIR",
    text: "state folder (default: GATED_IMPORTS_STATE, else .local in the checkout)",
  },
  json: { type: "boolean", form: "--json", text: "print JSON" },
  "show-secrets": { type: "boolean", form: "--show-secrets", text: "print secret values too" },
  "expect-no-changes": {
    type: "boolean",
    form: "--expect-no-changes",
    text: "exit with 3 when something would change or has drifted",
  },
  refresh: {
    type: "boolean",
    form: "--refresh",
    text: "look first for what was changed in Azure",
  },
  policies: {
    type: "boolean",
    form: "--policies",
    text: "judge the stack by the policies in policies/; a mandatory violation fails the command",
  },
  "policy-config": {
    type: "string",
    form: "--policy-config FILE",
    text: "the same, configured by a JSON file, e.g. policies/production.json",
  },
  follow: { type: "boolean", form: "--follow, -f", text: "go on until the run ends", short: "f" },
  delete: {
    type: "boolean",
    form: "--delete",
    text: "also remove the state folder, if nothing is deployed any more",
  },
  help: { type: "boolean", form: "--help, -h", text: "this text", short: "h" },
};

export interface CommandText {
  summary: string;
  /** After the command's name, e.g. `[RUN]`. */
  operands?: string;
  maxOperands?: number;
  options: OptionName[];
  details: string;
}

export const commandTexts = {
  up: {
    summary: "start the local Azure if need be and bring the stack up",
    options: ["state", "refresh", "policies", "policy-config"],
    details: `Runs what \`pulumi up\` runs, and shows what commands print as it comes. A failed task run is named
with its id; read its log with \`npm run local -- logs RUN\`, repair the cause and run up again. Ctrl-C
ends in order: what this command started is stopped, and the next up goes on from there.
With --refresh it looks first for what was changed in Azure behind Pulumi's back, names each property
and puts it right; without, it trusts what Pulumi knows. With --policies a mandatory violation keeps
everything as it is.`,
  },
  preview: {
    summary: "what up would do, and what was changed in Azure meanwhile",
    options: ["state", "refresh", "policies", "policy-config", "expect-no-changes"],
    details: `Always looks for what was changed in Azure first, so --refresh says only what is done anyway.
Groups by component and app, shows each value before and after, and ends with what up would take away
for good (images, a page's address, the vault, an app) and the counts.
Exit code 0, or with --expect-no-changes 3 for a difference; 1 when a mandatory policy is violated.`,
  },
  refresh: {
    summary: "take over what was changed in Azure",
    options: ["state"],
    details: "Changes Pulumi's knowledge, never Azure.",
  },
  destroy: {
    summary: "delete everything in the stack",
    options: ["state"],
    details: `The local Azure goes on running, empty; \`down\` stops it. With \`protect: true\` nothing is deleted:
set it to false in Pulumi.local.yaml and run up first.`,
  },
  outputs: {
    summary: "the stack's outputs",
    options: ["state", "json", "show-secrets"],
    details: "Works without a running local Azure.",
  },
  status: {
    summary: "services, tasks with their last runs, the page, memory",
    options: ["state", "json"],
    details: "Exit code 1 when the local Azure does not run.",
  },
  env: {
    summary: "shell exports for your own az, git, podman, curl and pulumi",
    options: ["state"],
    details: `Use it in a POSIX shell:
  eval "$(npm run --silent local -- env)"
  az acr list -o table
  git clone https://github.com/importing-public-content/base-image-node
  pulumi -C "$GATED_IMPORTS_PROJECT" up -s local
The output holds the local deployer's secret; it is good for nothing but this local Azure.`,
  },
  logs: {
    summary: "the log of a task run: the newest, or the one named",
    operands: "[RUN | REGISTRY/RUN]",
    maxOperands: 1,
    options: ["state", "follow"],
    details: "With --follow the exit code is 0 when the run succeeded, else 1.",
  },
  down: {
    summary: "stop the local Azure; its state stays",
    options: ["state", "delete"],
    details: "The next up starts where this one ended.",
  },
} satisfies Record<string, CommandText>;

export type CommandName = keyof typeof commandTexts;

function optionLines(names: readonly OptionName[]): string[] {
  const all = [...names, "help" as const].map((name) => options[name]);
  const width = Math.max(...all.map(({ form }) => form.length));
  return all.map(({ form, text }) => `  ${form.padEnd(width)}  ${text}`);
}

/** Help on one command. */
export function commandUsage(name: CommandName): string {
  const text: CommandText = commandTexts[name];
  return [
    `npm run local -- ${name}${text.operands ? ` ${text.operands}` : ""} [OPTIONS]`,
    "",
    `${text.summary[0]?.toUpperCase()}${text.summary.slice(1)}.`,
    text.details,
    "",
    ...optionLines(text.options),
  ].join("\n");
}

/** Help on all. */
export function overview(): string {
  const names = Object.keys(commandTexts) as CommandName[];
  const width = Math.max(...names.map((name) => name.length));
  return [
    "npm run local -- COMMAND [OPTIONS]",
    "",
    ...names.map((name) => `  ${name.padEnd(width)}  ${commandTexts[name].summary}`),
    "",
    ...optionLines(["state"]),
    "",
    "Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped with Ctrl-C. Results go to standard output,",
    "progress and errors to standard error. More on each command: npm run local -- COMMAND --help",
  ].join("\n");
}
