/** Puts upstream base images on the simulated Docker Hub: the real ones where they can be had, else one of this machine. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastLine } from "../containers/command";
import type { ImageStore } from "../containers/imageStore";
import type { Log } from "../contracts/service";
import { writeHostImage } from "./hostImage";

export interface UpstreamOptions {
  /** The store whose layers all agents share. */
  layers: ImageStore;
  /** The same store with the machine's own network, for the real image. */
  layersOutside: ImageStore;
  /** Repositories and tags on Docker Hub, e.g. `library/node:22-alpine`. */
  images: readonly string[];
  /** A login that may push to the simulated Docker Hub; revoked at the end. */
  openHubLogin: () => { username: string; password: string; revoke(): void };
  log: Log;
}

const reachLimit = 2000;

/** Whether Docker Hub answers at all, within two seconds. */
function dockerHubIsThere(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "registry-1.docker.io", port: 443 });
    const end = (there: boolean): void => {
      socket.destroy();
      resolve(there);
    };
    socket.setTimeout(reachLimit, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

async function demand(
  what: string,
  result: Promise<{ code: number; text: string }>,
): Promise<void> {
  const { code, text } = await result;
  if (code !== 0) throw new Error(`${what} failed: ${lastLine(text)}`);
}

/** Makes sure that each `docker.io/IMAGE` is there. Done once for a state folder. */
export async function provideUpstreamImages(options: UpstreamOptions): Promise<void> {
  const { layers, layersOutside, images, openHubLogin, log } = options;
  const missing = images
    .map((image) => ({
      name: `docker.io/${image}`,
      done: join(layers.folder, `has-${image.replace(/[^\w.-]/g, "_")}`),
    }))
    .filter(({ done }) => !existsSync(done));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  const outside = await dockerHubIsThere();
  if (outside) {
    for (const name of names) {
      log(`pulling the real ${name}`);
      await demand(`pulling ${name}`, layersOutside.ask(["pull", "--quiet", name]));
    }
  } else {
    const made = `from this machine's node ${process.versions.node}`;
    log(`Docker Hub cannot be reached; making ${names.join(" and ")} ${made}`);
    await build(layers, names);
  }
  const login = openHubLogin();
  try {
    await layers.login("docker.io", login);
    for (const { name, done } of missing) {
      await push(layers, name);
      // That name alone, as others may be of the same image. Without its name the image is layers to start from, and
      // never taken for one that a run has pulled.
      await demand(`untagging ${name}`, layers.ask(["untag", name, name]));
      writeFileSync(done, `${outside ? "pulled" : "made here"}\n`);
    }
  } finally {
    login.revoke();
  }
}

async function push(layers: ImageStore, name: string): Promise<void> {
  const lines: Buffer[] = [];
  const output = (chunk: Buffer): void => void lines.push(chunk);
  const code = await layers.buildah(["push", "--quiet", "--disable-compression", name], { output });
  const text = Buffer.concat(lines).toString();
  await demand(`putting ${name} on the simulated Docker Hub`, Promise.resolve({ code, text }));
}

/** One image under all the names. */
async function build(layers: ImageStore, names: readonly string[]): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), "gated-imports-"));
  try {
    writeHostImage(context);
    const lines: Buffer[] = [];
    const output = (chunk: Buffer): void => void lines.push(chunk);
    const tags = names.flatMap((name) => ["--tag", name]);
    const args = ["build", "--format=docker", "--timestamp=0", ...tags, context];
    const code = await layers.buildah(args, { output });
    const text = Buffer.concat(lines).toString();
    await demand(`building ${names.join(" and ")}`, Promise.resolve({ code, text }));
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
