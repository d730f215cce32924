/** One stack on a local Azure of its own, in a folder that goes with it; what is in it is asked of Azure, not of outputs. */
import { join } from "node:path";
import { openProgress } from "@gated-imports/local/setup/progress.cjs";
import { openSession, type Session } from "../../local/cli/session";
import type { Story } from "../../local/demo/story";
import type { LocalStack } from "../../local/pulumi/stack";
import { runClient, type Result } from "../local/clients";
import { azureCliForTests } from "../local/tools";
import { openStoryUnderTest } from "./storyUnderTest";

const checkout = join(__dirname, "..", "..");
const commandLine = join(checkout, "local", "cli", "main.ts");

export interface StackUnderTest {
  stateDir: string;
  /** Commits, and looks at runs; knows no outputs, as it brings nothing up. */
  story: Story;
  /** Opens the stack with the checkout's settings. */
  stack(): Promise<LocalStack>;
  /** `npm run local -- ARGUMENTS` on this stack. */
  local(...args: string[]): Promise<Result>;
  /** Runs az. @throws Error with az's words when it fails */
  az(...args: string[]): Promise<string>;
  /** The same, whatever comes of it. */
  tryAz(...args: string[]): Promise<Result>;
  /** Ids of all resources of a type, e.g. `Microsoft.KeyVault/vaults`. */
  ids(type: string): Promise<string[]>;
  /** Stops and removes all of it. */
  close(): Promise<void>;
}

export async function openStackUnderTest(): Promise<StackUnderTest> {
  const { stateDir, story, signal, variables: sign, close } = await openStoryUnderTest("stack");
  const prepare = async (): Promise<[Session, Record<string, string>]> => [
    await openSession({ stateDir, progress: openProgress(), signal, env: process.env }),
    await sign(),
  ];
  const [session, variables] = await prepare().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const tryAz: StackUnderTest["tryAz"] = (...args) =>
    runClient([azureCliForTests(), ...args], variables);
  const az: StackUnderTest["az"] = async (...args) => {
    const { code, stdout, stderr } = await tryAz(...args);
    if (code !== 0) throw new Error(`az ${args.join(" ")}: ${stderr.trim()}`);
    return stdout.trim();
  };
  return {
    stateDir,
    story,
    stack: () => session.stack(),
    local: (...args) =>
      runClient(
        [
          ...[process.execPath, "-r", "ts-node/register/transpile-only", commandLine],
          ...[...args, "--state", stateDir],
        ],
        { ...(process.env as Record<string, string>), TS_NODE_CWD: checkout },
      ),
    az,
    tryAz,
    async ids(type) {
      const query = `[?type=='${type}'].id`;
      return (await az("resource", "list", "--query", query, "-o", "tsv")).split("\n");
    },
    close,
  };
}
