/**
 * Stand-in for Microsoft's tool images (azure-cli, bash, curl), which are pulled from mcr.microsoft.com
 * in Azure: a container whose programs are this machine's own, mounted read-only. It is a real
 * container (own root, processes and hosts file) that costs neither a download nor a copy.
 */
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { capture } from "./command";

const programs: Record<string, string> = {
  "acr/azure-cli": "az",
  "azure-cli": "az",
  "acr/bash": "bash",
  "acr/curl": "curl",
};

/** The program that a tool image runs, or `undefined` for any other image. */
export function toolProgram(image: string): string | undefined {
  const [, name] = /^mcr\.microsoft\.com\/([^:@]+)/.exec(image) ?? [];
  return name === undefined ? undefined : programs[name];
}

export interface ToolContainer {
  /** Root folder for `podman run --rootfs`. */
  rootfs: string;
  /** `--volume` values. */
  volumes: string[];
  /** The command for one of the tool programs. */
  command(program: string): string[];
}

const isFolder = (path: string): boolean => existsSync(path);

/** Where the interpreter of an installed azure-cli lives; az tells it itself. */
async function pythonOf(
  azureCli: string,
  home: string,
): Promise<{ python: string; folders: string[] }> {
  // A home of its own: az leaves settings and telemetry in the one it finds.
  const env = { PATH: process.env.PATH, HOME: home, AZURE_CORE_COLLECT_TELEMETRY: "false" };
  const version = await capture(azureCli, ["--version"], { env });
  const python = /Python location '([^']+)'/.exec(version.text)?.[1];
  if (!python) throw new Error(`${azureCli} --version names no Python; install azure-cli again`);
  const script = "import sys; print(sys.prefix); print(sys.base_prefix)";
  const prefixes = await capture(python, ["-c", script], { env });
  const folders = [
    ...new Set([...prefixes.text.split("\n"), dirname(dirname(realpathSync(python)))]),
  ];
  return { python, folders: folders.filter((folder) => !folder.startsWith("/usr")) };
}

/** Prepares the root folder below `folder`. @throws Error when the given azure-cli cannot be used. */
export async function openToolContainer(folder: string, azureCli: string): Promise<ToolContainer> {
  mkdirSync(join(folder, "home"), { recursive: true });
  const { python, folders } = await pythonOf(azureCli, join(folder, "home"));
  const rootfs = join(folder, "rootfs");
  rmSync(rootfs, { recursive: true, force: true });
  for (const each of ["tmp", "etc", "proc", "sys", "dev", "run", "workspace", "acb/home", "usr"]) {
    mkdirSync(join(rootfs, each), { recursive: true });
  }
  writeFileSync(join(rootfs, "etc/passwd"), "root:x:0:0:root:/acb/home:/bin/sh\n");
  writeFileSync(join(rootfs, "etc/group"), "root:x:0:\n");
  const mounted = [...folders, "/usr", "/etc/ssl", "/etc/ld.so.cache", "/etc/alternatives"];
  for (const each of ["bin", "sbin", "lib", "lib64"]) {
    // Merged systems have links here, older ones folders of their own.
    if (!existsSync(`/${each}`)) continue;
    if (realpathSync(`/${each}`) !== `/usr/${each}`) mounted.push(`/${each}`);
    else symlinkSync(`usr/${each}`, join(rootfs, each));
  }
  return {
    rootfs,
    volumes: mounted.filter(isFolder).map((path) => `${path}:${path}:ro`),
    command: (program) => (program === "az" ? [python, "-m", "azure.cli"] : [program]),
  };
}
