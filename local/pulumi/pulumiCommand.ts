/** The Pulumi CLI of one local Azure. */
import { spawn } from "node:child_process";
import { accessSync, chmodSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/cmd";

/**
 * Makes the Automation API use `binary`. Started in a session of its own where the machine can: Ctrl-C in a terminal
 * goes to the whole foreground group, and together with our own signal Pulumi would count two, which means
 * "drop everything" and leaves half-made resources behind.
 */
export async function openPulumiCommand(binary: string, homeDir: string): Promise<PulumiCommand> {
  const launcher = join(homeDir, "bin", "pulumi");
  const setsid = findProgram("setsid");
  mkdirSync(join(homeDir, "bin"), { recursive: true });
  const quoted = `'${binary.replaceAll("'", `'\\''`)}'`;
  writeFileSync(launcher, `#!/bin/sh\nexec ${setsid ? `${setsid} ` : ""}${quoted} "$@"\n`);
  chmodSync(launcher, 0o700);
  return await PulumiCommand.get({ root: homeDir, skipVersionCheck: true });
}

function findProgram(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Runs the CLI with text on its standard input: the way to give it a secret, as arguments can be seen by everyone. */
export function runPulumi(
  args: string[],
  options: { binary: string; cwd: string; env: Record<string, string>; stdin: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.binary, [...args, "--non-interactive"], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString("utf8")));
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin);
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`pulumi ${args.slice(0, 2).join(" ")} failed: ${complaint.trim()}`));
    });
  });
}
