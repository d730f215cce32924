// Real buildah and podman through the front door; does not prove the runs of tasks (the task and workflow tests do).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RegistryLogin } from "../../../local/contracts/containerRegistry";
import { openFrontDoor } from "../../../local/frontdoor/frontDoor";
import { openRig, type Rig } from "./registryRig";

describe("registry/clients", function () {
  this.timeout(60_000);
  let rig: Rig;
  let door: Awaited<ReturnType<typeof openFrontDoor>>;
  let folder: string;
  let stores = 0;

  interface Result {
    code: number;
    output: string;
  }
  const run = (command: string, args: string[]): Promise<Result> =>
    new Promise((resolve) => {
      const env = {
        PATH: process.env["PATH"],
        HOME: folder,
        TMPDIR: folder,
        HTTPS_PROXY: `http://127.0.0.1:${door.port}`,
        SSL_CERT_FILE: door.caFile,
      };
      execFile(command, args, { env, cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: `${stdout}${stderr}` }),
      );
    });
  /** A store of images of its own, as a fresh machine would have. */
  const openStore = (): ((...args: string[]) => Promise<Result>) => {
    const name = `s${++stores}`;
    const store = ["--root", join(folder, name), "--runroot", join(folder, `${name}r`)];
    return (command = "", ...args) =>
      run("buildah", [...store, "--storage-driver", "vfs", command, ...args]);
  };
  const authFile = (name: string, host: string, { username, password }: RegistryLogin): string => {
    const path = join(folder, `${name}.json`);
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    writeFileSync(path, JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 });
    return path;
  };
  const good = async (result: Promise<Result>): Promise<string> => {
    const { code, output } = await result;
    assert.equal(code, 0, output);
    return output.trim();
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "gi-"));
    rig = await openRig();
    door = await openFrontDoor({
      stateDir: rig.stateDir,
      services: [rig.registries.service],
      log: () => undefined,
    });
    rig.addRegistry("contoso");
    rig.addRegistry("fabrikam");
    writeFileSync(join(folder, "none.json"), "{}");
    mkdirSync(join(folder, "image"));
    writeFileSync(join(folder, "image", "colour"), "Green");
    writeFileSync(join(folder, "image", "Dockerfile"), "FROM scratch\nCOPY colour /colour\n");
  });
  after(async () => {
    await door.close();
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("keeps the digest of an image that is pushed, pulled, tagged and pushed to another registry", async () => {
    const contoso = authFile(
      "contoso",
      "contoso.azurecr.io",
      rig.registries.openRunLogin("contoso.azurecr.io"),
    );
    const fabrikam = authFile(
      "fabrikam",
      "fabrikam.azurecr.io",
      rig.registries.openRunLogin("fabrikam.azurecr.io"),
    );
    const builder = openStore();
    await good(
      builder("build", "--isolation", "chroot", "-t", "contoso.azurecr.io/node:22", "image"),
    );
    await good(
      builder("push", "--disable-compression", "--authfile", contoso, "contoso.azurecr.io/node:22"),
    );
    const gate = openStore();
    await good(gate("pull", "--authfile", contoso, "contoso.azurecr.io/node:22"));
    await good(gate("tag", "contoso.azurecr.io/node:22", "fabrikam.azurecr.io/node:22"));
    await good(
      gate("push", "--disable-compression", "--authfile", fabrikam, "fabrikam.azurecr.io/node:22"),
    );
    const [pushed, promoted] = rig.pushes;
    assert.equal(pushed?.registry, "contoso.azurecr.io");
    assert.deepEqual(promoted, { ...pushed, registry: "fabrikam.azurecr.io" });
  });

  it("lets a pull token pull with podman and refuses its push", async () => {
    rig.addToken({
      registry: "contoso",
      name: "reader",
      password: "reader-pw",
      scopeMap: "_repositories_pull",
    });
    const reader = authFile("reader", "contoso.azurecr.io", {
      username: "reader",
      password: "reader-pw",
    });
    const store = ["--root", join(folder, "p"), "--runroot", join(folder, "pr")];
    const podman = (...args: string[]): Promise<Result> =>
      run("podman", [...store, "--storage-driver", "vfs", ...args]);
    await good(podman("pull", "--authfile", reader, "contoso.azurecr.io/node:22"));
    await good(podman("tag", "contoso.azurecr.io/node:22", "contoso.azurecr.io/mine:1"));
    const refused = await podman("push", "--authfile", reader, "contoso.azurecr.io/mine:1");
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /unauthorized|authentication required/);
  });

  it("shows a person who is not signed in, or wrongly, that this is why the pull fails", async () => {
    const wrong = authFile("wrong", "contoso.azurecr.io", {
      username: "reader",
      password: "guess",
    });
    for (const auth of [wrong, join(folder, "none.json")]) {
      const { code, output } = await openStore()(
        "pull",
        "--authfile",
        auth,
        "contoso.azurecr.io/node:22",
      );
      assert.notEqual(code, 0);
      assert.match(output, /unauthorized|authentication required|invalid username\/password/);
    }
  });

  it("serves upstream images under Docker Hub's short name", async () => {
    const seeder = rig.registries.openHubLogin();
    const hub = authFile("hub", "docker.io", seeder);
    const builder = openStore();
    await good(
      builder("build", "--isolation", "chroot", "-t", "docker.io/library/node:22", "image"),
    );
    await good(
      builder("push", "--disable-compression", "--authfile", hub, "docker.io/library/node:22"),
    );
    seeder.revoke();
    await good(openStore()("pull", "--authfile", join(folder, "none.json"), "docker.io/node:22"));
    const refused = await builder("push", "--authfile", hub, "docker.io/library/node:22");
    assert.notEqual(refused.code, 0);
  });
});
