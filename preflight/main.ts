/** `npm run preflight`: looks, before the first `up`, at all that would make it fail. Makes and changes nothing. */
import { fork } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../local/cli/arguments";
import { stackOnLocalAzure } from "./localStack";
import type { Unread } from "./looks";
import { readStack, type Stack } from "./stack";

const help = `npm run preflight [-- --stack NAME]

Looks before the first up at what would make it fail, and makes nothing: settings, sign-in, the subscription and its
offer, resource providers, rights, region, names, the git token with each repository, and the login to Docker Hub.
One line each; a fault comes with what mends it. Exit code 0 when all is well, else 1.

  --stack NAME  stack on Azure; without one, or with local, the stack on the local Azure, which is started if need be
  --state DIR   state folder of the local Azure (default: GATED_IMPORTS_STATE, else .local in the checkout)
  --help, -h    this text`;

type Found = Stack | (Pick<Stack, "name" | "local"> & Unread);

/** What Pulumi's words are mended with. */
function mendOf(problem: string, name: string): string {
  if (/no stack named/.test(problem)) return `run: pulumi stack init ${name}`;
  if (/PULUMI_ACCESS_TOKEN|pulumi login/.test(problem)) return "run: pulumi login";
  if (/not installed/.test(problem)) return "see https://www.pulumi.com/docs/install";
  return `run: pulumi config -s ${name}`;
}

async function stackOnAzure(name: string): Promise<[Found, NodeJS.ProcessEnv]> {
  const place = {
    binary: process.env["GATED_IMPORTS_PULUMI"] ?? "pulumi",
    folder: join(__dirname, ".."),
    environment: process.env,
  };
  const found = await readStack({ name, local: false }, place).catch((error: Error) => ({
    name,
    local: false,
    problem: error.message,
    mend: mendOf(error.message, name),
  }));
  return [found, process.env];
}

/** Takes the looks where the variables lead. @returns the exit code */
function look(stack: Found, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, "looksProcess.ts"), {
      execArgv: ["-r", "ts-node/register/transpile-only"],
      env,
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
    child.send(stack);
  });
}

/** @throws UsageError */
function readArguments() {
  try {
    return parseArgs({
      options: {
        stack: { type: "string" },
        state: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    const [said = ""] = (error as Error).message.split(". ");
    throw new UsageError(`${said}; see npm run preflight -- --help`);
  }
}

async function main(): Promise<number> {
  const values = readArguments();
  if (values.help) {
    console.log(help);
    return 0;
  }
  const name = values.stack ?? "local";
  if (name !== "local") return look(...(await stackOnAzure(name)));
  return look(...(await stackOnLocalAzure(values.state)));
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
