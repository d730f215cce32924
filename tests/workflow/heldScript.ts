/** A script of the program that is held at a point of its work, so that a test can kill it there. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface HeldScript {
  /** Holds the token password's script of one token before or after it writes the vault secret. */
  hold(token: string, point: "before" | "after"): void;
  /** Kills the script that is held, and holds none from now on. False as long as none is. */
  kill(): boolean;
}

/** In front of the real one, for what the daemon starts: leads the one script through `preload.cjs`. */
const nodeScript = (folder: string): string => `#!/bin/sh
[ "$1" = tokenPassword.cjs ] && exec ${process.execPath} -r ${folder}/preload.cjs "$@"
exec ${process.execPath} "$@"
`;

const preload = (folder: string): string => `
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const plan = ${JSON.stringify(join(folder, "plan.json"))};
if (existsSync(plan)) {
  const { token, point } = JSON.parse(readFileSync(plan, "utf8"));
  const vault = require(join(process.cwd(), "keyVault.cjs"));
  const { writeSecret } = vault;
  const forEver = () => {
    writeFileSync(${JSON.stringify(join(folder, "pid"))}, String(process.pid));
    return new Promise(() => setInterval(() => {}, 1000));
  };
  if (process.env.TOKEN_ID.endsWith("/" + token))
    vault.writeSecret = async (...args) => {
      if (point === "before") await forEver();
      const written = await writeSecret(...args);
      if (point === "after") await forEver();
      return written;
    };
}
`;

/** Call it before the local Azure starts, which takes over the PATH of `environment`. */
export function prepareHeldScript(folder: string, environment: NodeJS.ProcessEnv): HeldScript {
  mkdirSync(folder, { recursive: true });
  const [plan, pid, node] = ["plan.json", "pid", "node"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(node, nodeScript(folder));
  chmodSync(node, 0o755);
  writeFileSync(join(folder, "preload.cjs"), preload(folder));
  environment["PATH"] = [folder, environment["PATH"]].join(delimiter);
  return {
    hold(token, point) {
      rmSync(pid, { force: true });
      writeFileSync(plan, JSON.stringify({ token, point }));
    },
    kill() {
      const held = existsSync(pid) ? Number(readFileSync(pid, "utf8")) : 0;
      if (!held) return false;
      rmSync(plan);
      rmSync(pid);
      process.kill(held, "SIGKILL");
      return true;
    },
  };
}
