/** Puts the upstream base image on the simulated Docker Hub: the real one where it can be had, else one of this machine. */
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
  /** Repository and tag on Docker Hub, e.g. `library/node:22-alpine`. */
  image: string;
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

/** Makes sure that `docker.io/IMAGE` is there. Done once for a state folder. */
export async function provideUpstreamImage(options: UpstreamOptions): Promise<void> {
  const { layers, layersOutside, image, openHubLogin, log } = options;
  const done = join(layers.folder, `has-${image.replace(/[^\w.-]/g, "_")}`);
  if (existsSync(done)) return;
  const name = `docker.io/${image}`;
  const outside = await dockerHubIsThere();
  if (outside) {
    log(`pulling the real ${name}`);
    await demand(`pulling ${name}`, layersOutside.ask(["pull", "--quiet", name]));
  } else {
    log(
      `Docker Hub cannot be reached; making ${name} from this machine's node ${process.versions.node}`,
    );
    await build(layers, name);
  }
  const login = openHubLogin();
  try {
    await layers.login("docker.io", login);
    const lines: Buffer[] = [];
    const output = (chunk: Buffer): void => void lines.push(chunk);
    const code = await layers.buildah(["push", "--quiet", "--disable-compression", name], {
      output,
    });
    const text = Buffer.concat(lines).toString();
    await demand(`putting ${name} on the simulated Docker Hub`, Promise.resolve({ code, text }));
    // Without its name the image is layers to start from, and never taken for one that a run has pulled.
    await demand(`untagging ${name}`, layers.ask(["untag", name]));
  } finally {
    login.revoke();
  }
  writeFileSync(done, `${outside ? "pulled" : "made here"}\n`);
}

async function build(layers: ImageStore, name: string): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), "gated-imports-"));
  try {
    writeHostImage(context);
    const lines: Buffer[] = [];
    const output = (chunk: Buffer): void => void lines.push(chunk);
    const args = ["build", "--format=docker", "--timestamp=0", "--tag", name, context];
    const code = await layers.buildah(args, { output });
    const text = Buffer.concat(lines).toString();
    await demand(`building ${name}`, Promise.resolve({ code, text }));
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
