/** The stack on the local Azure, with the variables that lead there. */
import { openProgress } from "@gated-imports/local/setup/progress.cjs";
import { stateFolder } from "../local/cli/checkout";
import { interruptSignal } from "../local/cli/interruption";
import { openSession } from "../local/cli/session";
import { toolsOf } from "../local/daemon/tools";
import { pulumiEnvironment, pulumiPlaces } from "../local/pulumi/pulumiEnvironment";
import { readStack, type Stack } from "./stack";

/** A login to Microsoft's Azure has no business on the local one. */
const foreign = /^(ARM|AZURE|ACTIONS_ID_TOKEN)_/;

/** Starts the local Azure where it does not run yet. */
export async function stackOnLocalAzure(
  state: string | undefined,
): Promise<[Stack, NodeJS.ProcessEnv]> {
  const stateDir = stateFolder(state, process.env);
  const progress = openProgress();
  try {
    const signal = interruptSignal(() => progress.note("Stopping ..."));
    const session = await openSession({ stateDir, signal, progress, env: process.env });
    // Brings the settings and secrets of the stack up to date.
    await session.stack();
    const { environment } = await session.control.settings();
    const own = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !foreign.test(name)),
    );
    const variables = { ...own, ...environment };
    const stack = await readStack(
      { name: "local", local: true },
      {
        binary: toolsOf(process.env).pulumi,
        folder: pulumiPlaces(stateDir).projectDir,
        environment: {
          ...variables,
          ...pulumiEnvironment({ stateDir, debugProviders: "", environment }),
        },
      },
    );
    return [stack, variables];
  } finally {
    progress.close();
  }
}
