/** Opens all that a stack test needs, on the fake Azure, in a folder of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveProviders } from "../../../local/pulumi/providers";
import { openStack, type LocalStack } from "../../../local/pulumi/stack";
import { pulumiForTests } from "../tools";
import { openFakeAzure, type FakeAzure } from "./fixtures/fakeAzure";

const pulumiBinary = pulumiForTests();

export interface Rig {
  azure: FakeAzure;
  stateDir: string;
  debugProviders: string;
  /** `through`: other ways to the providers. */
  openStack(through?: string): Promise<LocalStack>;
  close(): Promise<void>;
}

/** `secrets` become encrypted configuration. */
export async function openRig(program: string, secrets: Record<string, string> = {}): Promise<Rig> {
  const azure = await openFakeAzure();
  const { debugProviders, stop } = await serveProviders({
    environment: () => azure.environment,
    log: () => undefined,
  });
  const stateDir = mkdtempSync(join(tmpdir(), "pulumi-rig-"));
  return {
    azure,
    stateDir,
    debugProviders,
    openStack: (through = debugProviders) =>
      openStack({
        stateDir,
        programDir: join(__dirname, "fixtures", program),
        pulumiBinary,
        debugProviders: through,
        environment: azure.environment,
        secrets,
      }),
    async close() {
      await stop();
      azure.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** Waits until `found` gives something, at most ten seconds. */
export async function eventually<T>(what: string, found: () => T | undefined): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = found();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen within 10 seconds`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
