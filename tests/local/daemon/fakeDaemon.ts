/** A daemon whose local Azure does nothing: started as a process by the daemon tests. */
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { runDaemonProcess } from "../../../local/daemon/daemonProcess";
import type { LocalAzure, LocalAzureOptions } from "../../../local/daemon/types";

const [, , stateDir = ""] = process.argv;
const say = (word: string): void => appendFileSync(join(stateDir, "story"), `${word} `);

async function start({ roleDelay, nodeTags }: LocalAzureOptions): Promise<LocalAzure> {
  say("starting");
  if (existsSync(join(stateDir, "broken"))) throw new Error("port 80 is taken\nby another program");
  while (existsSync(join(stateDir, "slow")))
    await new Promise((resolve) => setTimeout(resolve, 20));
  say("up");
  return {
    environment: {
      HTTPS_PROXY: "http://127.0.0.1:1",
      ROLE_DELAY: `${roleDelay}`,
      NODE_TAGS: `${nodeTags}`,
    },
    stackSecrets: { "gated-imports:gitToken": "secret" },
    parts: {
      resources: {
        get: () => undefined,
        put: () => undefined,
        delete: () => false,
        list: () => [],
      },
      runs: {} as LocalAzure["parts"]["runs"],
      instances: { state: () => undefined },
      registries: { findDigest: async (...names) => names.join("|") },
      services: [{ name: "front door", hosts: ["example.test"] }],
    },
    stop: async () => say("stopped"),
  };
}

void runDaemonProcess(stateDir, start);
