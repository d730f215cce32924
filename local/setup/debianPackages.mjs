// @ts-check
/** Programs that come as Debian packages: containers, the registry, git. */
import { existsSync, readFileSync } from "node:fs";
import { runCommand, SetupError } from "./commandRun.mjs";
import { findCommand, isExecutable } from "./paths.mjs";
import { findPython } from "./azureCli.mjs";

/** Not on everybody's PATH, yet where Debian keeps programs for the administrator. */
const administratorFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * Packages and how to see that one is there.
 * @type {Record<string, (env: NodeJS.ProcessEnv) => boolean>}
 */
const packages = {
  podman: onPath("podman"),
  buildah: onPath("buildah"),
  runc: onPath("runc"),
  slirp4netns: onPath("slirp4netns"),
  netavark: (env) =>
    ["/usr/lib/podman/netavark", "/usr/libexec/podman/netavark"].some(isExecutable) ||
    onPath("netavark")(env),
  iptables: onPath("iptables"),
  "docker-registry": onPath("docker-registry"),
  "busybox-static": () => ["/bin/busybox", "/usr/bin/busybox"].some(isStatic),
  git: onPath("git"),
  openssl: onPath("openssl"),
};

/**
 * Names of the packages that this machine lacks.
 * @param {NodeJS.ProcessEnv} env
 */
export function missingPackages(env) {
  return Object.entries(packages)
    .filter(([, isThere]) => !isThere(env))
    .map(([name]) => name);
}

/**
 * @param {import("./part.d.mts").Context} context
 * @param {{ withPython: boolean }} wanted whether azure-cli will have to be installed
 * @returns {import("./part.d.mts").Part}
 */
export function debianPackages({ env }, { withPython }) {
  const missing = async () => [
    ...missingPackages(env),
    ...(withPython && !(await findPython(env)) ? ["python3-venv"] : []),
  ];
  return {
    title: "Debian packages",
    key: "debian-packages",
    isReady: async () => (await missing()).length === 0,
    async prepare(work) {
      const names = await missing();
      if (names.length === 0) return;
      const apt = findCommand("apt-get", env, administratorFolders);
      if (!apt || process.getuid?.() !== 0) {
        throw new SetupError(howToInstall(names, apt !== undefined));
      }
      const aptEnv = { ...env, DEBIAN_FRONTEND: "noninteractive" };
      const wait = ["-o", "DPkg::Lock::Timeout=300"];
      await runCommand([apt, ...wait, "update", "-q"], { ...work, env: aptEnv });
      await runCommand([apt, ...wait, "install", "-y", "-q", "--no-install-recommends", ...names], {
        ...work,
        env: aptEnv,
      });
      if (names.includes("docker-registry")) await stopPackagedRegistry(work);
      const left = await missing();
      if (left.length > 0) {
        throw new SetupError(`apt-get installed, yet ${left.join(", ")} cannot be found on PATH`, {
          log: work.log,
        });
      }
    },
  };
}

/**
 * One line for somebody who must install packages by hand.
 * @param {string[]} names
 * @param {boolean} hasApt
 */
export function howToInstall(names, hasApt) {
  const programs = `${names.join(", ")} ${names.length === 1 ? "is" : "are"} missing`;
  return hasApt
    ? `${programs}; run: sudo apt-get update && sudo apt-get install -y ${names.join(" ")}`
    : `${programs}; install ${names.length === 1 ? "it" : "them"} with your system's package manager`;
}

/**
 * Debian's package starts a registry service on port 5000 that nobody here asked for.
 * @param {import("./part.d.mts").Work} work
 */
async function stopPackagedRegistry(work) {
  if (!existsSync("/run/systemd/system")) return;
  await runCommand(["systemctl", "disable", "--now", "docker-registry"], work);
}

/**
 * @param {string} command
 * @returns {(env: NodeJS.ProcessEnv) => boolean}
 */
function onPath(command) {
  return (env) => findCommand(command, env, administratorFolders) !== undefined;
}

/**
 * Whether a program runs without shared libraries: its head names no dynamic loader.
 * @param {string} path
 */
function isStatic(path) {
  return isExecutable(path) && !readFileSync(path).subarray(0, 4096).includes("/ld-");
}
