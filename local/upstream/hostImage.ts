/**
 * The upstream node image, made from this machine's own node where Docker Hub cannot be reached: node, the
 * libraries it is linked with, npm, and busybox as the shell and its tools.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Paths of the shared libraries that a program is linked with, the loader included. */
function librariesOf(program: string): string[] {
  const lines = execFileSync("ldd", [program], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

function npmFolder(): string | undefined {
  const beside = join(dirname(dirname(realpathSync(process.execPath))), "lib/node_modules/npm");
  return [beside, "/usr/share/nodejs/npm"].find((folder) =>
    existsSync(join(folder, "package.json")),
  );
}

function busybox(): string {
  const found = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
  if (!found) throw new Error("busybox is not installed; run: apt-get install busybox-static");
  return found;
}

/** Fills `context` with a root file system and a Dockerfile that makes an image of it. */
export function writeHostImage(context: string): void {
  const root = join(context, "root");
  const bin = join(root, "bin");
  for (const folder of [
    "bin",
    "etc",
    "tmp",
    "root",
    "usr/local/bin",
    "usr/local/lib/node_modules",
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  copyFileSync(busybox(), join(bin, "busybox"));
  const applets = execFileSync(busybox(), ["--list"], { encoding: "utf8" }).trim().split("\n");
  for (const applet of applets) {
    if (applet !== "busybox") symlinkSync("busybox", join(bin, applet));
  }
  const node = realpathSync(process.execPath);
  copyFileSync(node, join(root, "usr/local/bin/node"));
  for (const library of librariesOf(node)) {
    mkdirSync(dirname(join(root, library)), { recursive: true });
    copyFileSync(realpathSync(library), join(root, library));
  }
  const npm = npmFolder();
  if (npm) {
    cpSync(npm, join(root, "usr/local/lib/node_modules/npm"), {
      recursive: true,
      dereference: true,
    });
    for (const name of ["npm", "npx"]) {
      symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, "usr/local/bin", name));
    }
  }
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n",
  );
  writeFileSync(join(root, "etc/group"), "root:x:0:\nnode:x:1000:\n");
  const lines = [
    "FROM scratch",
    "COPY root /",
    "ENV PATH=/usr/local/bin:/bin",
    `ENV NODE_VERSION=${process.versions.node}`,
    'CMD ["node"]',
  ];
  writeFileSync(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
}
