// Does not prove that the engine builds or that azure-cli installs: that takes minutes and a network.
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSetup, setupFolder } from "./setupModule";

interface Context {
  checkout: string;
  cache: string;
  env: NodeJS.ProcessEnv;
}
interface Part {
  isReady(): Promise<boolean>;
  prepare(work: object): Promise<void>;
}
interface Modules {
  pulumiEngine(context: Context): Part;
  findEngine(context: Context): Promise<string | undefined>;
  enginePath(cache: string): string;
  engineBuild(where: object): { goMod: string; command: string[]; output: string };
  azureCli(context: Context): Part;
  findAzureCli(context: Context): Promise<string | undefined>;
  azPath(cache: string): string;
  compilation(context: Context): Part;
  npmPackages(context: Context): Part;
  howToInstall(names: string[], hasApt: boolean): string;
}

describe("setup/parts", () => {
  let folder: string;
  let context: Context;
  let work: { signal: AbortSignal; log: string; onLine(line: string): void };
  let modules: Modules;
  const script = (path: string, text: string): string => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const bin = (name: string): string => join(folder, "bin", name);

  before(async () => {
    const files = ["pulumiEngine", "azureCli", "compilation", "npmPackages", "debianPackages"];
    const loaded = await Promise.all(files.map((file) => loadSetup<object>(`${file}.mjs`)));
    modules = Object.assign({}, ...loaded) as Modules;
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "parts-"));
    const env = { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, HOME: folder };
    context = { checkout: join(folder, "checkout"), cache: join(folder, "cache"), env };
    work = { signal: new AbortController().signal, log: join(folder, "log"), onLine: () => {} };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("uses a Pulumi on PATH that is new enough, and not an old one", async () => {
    const own = script(modules.enginePath(context.cache), "");
    const onPath = script(bin("pulumi"), "echo v3.99.0");
    assert.equal(await modules.findEngine(context), own);
    script(bin("pulumi"), "echo v3.260.1 # changed");
    assert.equal(await modules.findEngine(context), onPath);
  });

  it("builds the pinned engine under its own version number", () => {
    const { goMod, command, output } = modules.engineBuild({ go: "/go", folder: "/build" });
    assert.match(goMod, /^require github.com\/pulumi\/pulumi\/pkg\/v3 v3\.259\.0$/m);
    assert.ok(command.includes("-mod=mod"));
    assert.match(command.join(" "), /-X github\.com\/\S+version\.Version=v3\.259\.0/);
    assert.equal(command[command.indexOf("-o") + 1], output);
  });

  it("puts the engine in place only when it is whole", async () => {
    const fails = 'test "$1" = version && echo go1.26.0 && exit 0; echo broken; exit 1';
    script(bin("go"), fails);
    await assert.rejects(modules.pulumiEngine(context).prepare(work), /go ended with 1/);
    assert.ok(!existsSync(modules.enginePath(context.cache)));
    const builds = `test "$1" = version && echo go1.26.0 && exit 0
      while [ "$1" != -o ]; do shift; done; printf '#!/bin/sh\\n' > "$2"; chmod +x "$2"`;
    script(bin("go"), `${builds} # changed`);
    const engine = modules.pulumiEngine(context);
    await engine.prepare(work);
    assert.ok(await engine.isReady());
  });

  it("says in one line what to install when Go is too old", async () => {
    script(bin("go"), "echo go version go1.19.8 linux/amd64");
    await assert.rejects(modules.pulumiEngine(context).prepare(work), {
      message:
        "Go here is 1.19.8; install Pulumi (https://www.pulumi.com/docs/install) or Go 1.25.11 or newer",
    });
  });

  it("takes an azure-cli in the cache as whole only when it is, or when it works", async () => {
    const az = script(modules.azPath(context.cache), "exit 1");
    assert.equal(await modules.findAzureCli(context), undefined, "half-installed");
    script(az, `echo '{"azure-cli": "2.91.0"}' # changed`);
    assert.equal(await modules.findAzureCli(context), az);
    script(az, "exit 1 # the stamp stands now, so it is not asked again");
    assert.equal(await modules.findAzureCli(context), az);
  });

  it("installs npm packages when the lock file is newer, and not twice", async () => {
    const { checkout } = context;
    mkdirSync(checkout);
    writeFileSync(join(checkout, "package-lock.json"), "{}");
    script(bin("npm"), "mkdir -p node_modules && touch node_modules/.package-lock.json");
    const packages = modules.npmPackages(context);
    assert.equal(await packages.isReady(), false);
    await packages.prepare(work);
    assert.equal(await packages.isReady(), true);
    writeFileSync(join(checkout, "package-lock.json"), '{"new": 1}');
    const later = new Date(Date.now() + 5_000);
    utimesSync(join(checkout, "package-lock.json"), later, later);
    assert.equal(await packages.isReady(), false);
  });

  it("compiles again when a source changed, and only then", async () => {
    const { checkout } = context;
    mkdirSync(join(checkout, "local", "part"), { recursive: true });
    symlinkSync(join(setupFolder, "../../node_modules"), join(checkout, "node_modules"));
    const options = { outDir: "dist", rootDir: ".", module: "node16", types: [] };
    const config = { compilerOptions: options, include: ["**/*.ts"], exclude: ["dist"] };
    writeFileSync(join(checkout, "local", "tsconfig.json"), JSON.stringify(config));
    writeFileSync(join(checkout, "tsconfig.base.json"), "{}");
    writeFileSync(join(checkout, "package-lock.json"), "{}");
    const source = join(checkout, "local", "part", "one.ts");
    writeFileSync(source, "export const one: number = 1;\n");
    const compile = modules.compilation(context);
    assert.equal(await compile.isReady(), false);
    await compile.prepare(work);
    assert.equal(await compile.isReady(), true);
    assert.ok(existsSync(join(checkout, "local", "dist", "part", "one.js")));
    writeFileSync(source, 'export const one: number = "x";\n');
    assert.equal(await compile.isReady(), false);
    await assert.rejects(compile.prepare(work), (error: Error & { lines: string[] }) =>
      error.lines.some((line) => line.includes("one.ts")),
    );
    assert.equal(await compile.isReady(), false, "a failed compilation must not count");
  });

  it("says in one line how to install missing packages", () => {
    assert.equal(
      modules.howToInstall(["podman", "git"], true),
      "podman, git are missing; run: sudo apt-get update && sudo apt-get install -y podman git",
    );
    assert.match(modules.howToInstall(["git"], false), /^git is missing; install it with/);
  });
});
