/** Real clients in child processes, led to a front door under test. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Service } from "../../local/contracts/service";
import { clientEnvironment } from "../../local/frontdoor/clientEnvironment";
import { type FrontDoor, openFrontDoor } from "../../local/frontdoor/frontDoor";
import { azureCliForTests } from "./tools";

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export function runClient(
  [program = "", ...args]: string[],
  env: Record<string, string>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

export interface TestBed {
  stateDir: string;
  frontDoor: FrontDoor;
  log: string[];
  /** Runs a program as a client of the front door. */
  run(...command: string[]): Promise<Result>;
  az(...args: string[]): Promise<Result>;
  close(): Promise<void>;
}

/** A front door on a state folder of its own; `services` are made once the folder is there. */
export async function openTestBed(
  services: (stateDir: string) => Promise<readonly Service[]>,
): Promise<TestBed> {
  const stateDir = mkdtempSync(join(tmpdir(), "gi-"));
  const log: string[] = [];
  const made = await services(stateDir);
  const frontDoor = await openFrontDoor({
    stateDir,
    services: made,
    log: (line) => void log.push(line),
  });
  const env = {
    ...clientEnvironment(frontDoor),
    HOME: stateDir,
    AZURE_CONFIG_DIR: join(stateDir, "azure-config"),
    AZURE_CORE_COLLECT_TELEMETRY: "false",
  };
  const run = (...command: string[]): Promise<Result> => runClient(command, env);
  return {
    stateDir,
    frontDoor,
    log,
    run,
    az: (...args) => run(azureCliForTests(), ...args),
    async close() {
      await frontDoor.close();
      for (const service of made) await service.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
