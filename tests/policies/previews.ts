/** Previews a program on the real engine with the real pack, against an Azure that is empty. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import type { PolicyEvent } from "@pulumi/pulumi/automation/events";
import { changeSettings, type SettingsChange } from "../../local/demo/stackSettings";
import { loadProgram } from "../../local/pulumi/program";
import { serveProviders } from "../../local/pulumi/providers";
import { openPulumiCommand } from "../../local/pulumi/pulumiCommand";
import { makePulumiPlaces, pulumiEnvironment } from "../../local/pulumi/pulumiEnvironment";
import { openStack } from "../../local/pulumi/stack";
import { openFakeAzure } from "../local/pulumi/fixtures/fakeAzure";
import { pulumiForTests } from "../local/tools";

/** The pack as a program that the engine starts. */
const pack = join(__dirname, "../../policies/run.cjs");

export interface Preview {
  succeeded: boolean;
  /** What Pulumi prints, colours left out. */
  printed: string;
  events: PolicyEvent[];
}

export interface Previews {
  /** A folder that goes with it. */
  stateDir: string;
  change(settings: SettingsChange): void;
  /** @param config path of the pack's configuration */
  preview(config?: string): Promise<Preview>;
  close(): Promise<void>;
}

/** `secrets` become encrypted configuration of the program. */
export async function openPreviews(
  programDir: string,
  secrets: Record<string, string> = {},
): Promise<Previews> {
  const azure = await openFakeAzure();
  const { debugProviders, stop } = await serveProviders({
    environment: () => azure.environment,
    log: () => undefined,
  });
  const stateDir = mkdtempSync(join(tmpdir(), "policy-previews-"));
  const { environment } = azure;
  const pulumiBinary = pulumiForTests();
  await openStack({ stateDir, programDir, pulumiBinary, debugProviders, environment, secrets });

  const { projectDir, homeDir } = makePulumiPlaces(stateDir);
  const workspace = await LocalWorkspace.create({
    workDir: projectDir,
    pulumiHome: homeDir,
    pulumiCommand: await openPulumiCommand(pulumiBinary, homeDir),
    program: loadProgram(programDir),
    envVars: pulumiEnvironment({ stateDir, debugProviders, environment }),
  });
  const stack = await Stack.select("local", workspace);
  return {
    stateDir,
    change: (settings) => changeSettings(stateDir, settings),
    async preview(config) {
      let printed = "";
      const events: PolicyEvent[] = [];
      const succeeded = await stack
        .preview({
          policyPacks: [pack],
          ...(config ? { policyPackConfigs: [config] } : {}),
          color: "never",
          onOutput: (text) => (printed += text),
          onEvent: ({ policyEvent }) => policyEvent && events.push(policyEvent),
        })
        .then(
          () => true,
          (error: unknown) => {
            if (events.some(({ enforcementLevel }) => enforcementLevel === "mandatory"))
              return false;
            const { message } = error as Error;
            if (!message.includes("configuring policy pack")) throw error;
            printed += message;
            return false;
          },
        );
      return { succeeded, printed, events };
    },
    async close() {
      await stop();
      azure.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
