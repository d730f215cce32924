/**
 * The floor: what the three tasks do between a commit and a page, done by hand with git, buildah and podman against
 * the same registries, one plain command after the other. No triggers, no tokens per run, no logs, no az.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gitCredentials } from "../cli/personalClients";
import { openImageStore, type ImageStore } from "../containers/imageStore";
import { colourOf } from "../demo/page";
import type { Repositories } from "../demo/stackSettings";
import { waitFor } from "../demo/waiting";

const run = promisify(execFile);

export interface ByHandOptions {
  stateDir: string;
  /** Login servers of the three registries. */
  loginServers: { public: string; baseArtifacts: string; team: string };
  repositories: Repositories;
  /** `NAME:TAG` of the base image. */
  baseImage: string;
  /** Signs in to a registry with push rights. */
  login(server: string): Promise<{ username: string; password: string }>;
  environment: Record<string, string>;
  /** `gated-imports:gitToken`, `dockerHubUser` and `dockerHubPassword` of the stack. */
  stackSecrets: Record<string, string>;
  signal: AbortSignal;
}

/** Names that no task tracks, so that the work by hand triggers nothing. */
const prefix = "by-hand";

/** Does the work once. @returns milliseconds from the first clone to the page */
export async function workByHand(options: ByHandOptions): Promise<number> {
  const { stateDir, loginServers, environment, signal } = options;
  // Container sockets lie below this folder and their paths must be short.
  const folder = mkdtempSync(join(tmpdir(), "by-hand-"));
  const store = openImageStore({
    folder: join(folder, "store"),
    layersFrom: join(stateDir, "containers", "layers"),
    clientEnvironment: () => environment,
  });
  try {
    // Signing in is not part of the floor: the tasks do it, a person has done it before.
    for (const server of Object.values(loginServers))
      await store.login(server, await options.login(server));
    const secret = (name: string): string => options.stackSecrets[`gated-imports:${name}`] ?? "";
    await store.login("docker.io", {
      username: secret("dockerHubUser"),
      password: secret("dockerHubPassword"),
    });
    const began = performance.now();
    await buildAndShip(options, { folder, store });
    await waitFor(() => pageAnswers(store), {
      what: "the page by hand",
      limit: 60_000,
      signal,
      every: 20,
    });
    return performance.now() - began;
  } finally {
    await store.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buildAndShip(
  options: ByHandOptions,
  { folder, store }: { folder: string; store: ImageStore },
): Promise<void> {
  const { loginServers, repositories, baseImage, signal } = options;
  const clone = (name: keyof Repositories): Promise<string> =>
    cloneInto(join(folder, name), repositories[name], options);
  const command = async (tool: "buildah" | "podman", args: string[]): Promise<void> => {
    const chunks: Buffer[] = [];
    const code = await store[tool](args, { output: (chunk) => chunks.push(chunk), signal });
    signal.throwIfAborted();
    const text = Buffer.concat(chunks).toString().trim();
    if (code !== 0)
      throw new Error(`by hand, ${tool} ${args[0]} ended with ${code}: ${text.split("\n").pop()}`);
  };
  const [image = "", tag = ""] = baseImage.split(":");
  const build = (context: string, name: string, from: string): Promise<void> => {
    const args = { REGISTRY_FROM_URL: from, IMAGE: image, TAG: tag };
    const given = Object.entries(args).flatMap(([key, value]) => [
      "--build-arg",
      `${key}=${value}`,
    ]);
    return command("buildah", ["bud", "--isolation", "oci", "--tag", name, ...given, context]);
  };

  const publicPrefix = `${loginServers.public}/${prefix}/`;
  const basePrefix = `${loginServers.baseArtifacts}/${prefix}/`;
  const publicImage = `${publicPrefix}${baseImage}`;
  const promoted = `${basePrefix}${baseImage}`;
  const app = `${loginServers.team}/${prefix}/app:1`;

  const base = await clone("baseImageNode");
  await build(base, publicImage, "docker.io/");
  await command("podman", ["push", "--quiet", publicImage]);

  const gate = await clone("importBaseimageNode");
  await build(gate, "gate:test", publicPrefix);
  await command("podman", ["run", "--rm", "--network", "none", "localhost/gate:test"]);
  await command("podman", ["tag", publicImage, promoted, `${promoted}-1`]);
  await command("podman", ["push", "--quiet", promoted]);
  await command("podman", ["push", "--quiet", `${promoted}-1`]);

  const source = await clone("helloWorld");
  await build(source, app, basePrefix);
  await command("podman", ["push", "--quiet", app]);
  await command("podman", ["run", "--detach", "--name", "page", "--network", "bridge", app]);
}

async function cloneInto(
  folder: string,
  repository: string,
  { environment, stackSecrets, stateDir, signal }: ByHandOptions,
): Promise<string> {
  const [url = "", branch = "main"] = repository.split("#");
  mkdirSync(folder, { recursive: true });
  const gitToken = stackSecrets["gated-imports:gitToken"] ?? "";
  await run("git", ["clone", "--quiet", "--depth", "1", "--branch", branch, url, folder], {
    env: { ...process.env, ...environment, ...gitCredentials(stateDir, gitToken) },
    signal,
  });
  return folder;
}

/** Asks inside the container's own network, so that the floor needs no port on the host. */
async function pageAnswers(store: ImageStore): Promise<true | undefined> {
  const { code, text } = await store.ask([
    ...["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "page"],
  ]);
  if (code !== 0 || !text) return undefined;
  try {
    const answer = await fetch(`http://${text}/`, { signal: AbortSignal.timeout(1_000) });
    return colourOf(await answer.text()) === undefined ? undefined : true;
  } catch {
    return undefined;
  }
}
