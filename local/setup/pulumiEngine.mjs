// @ts-check
/**
 * The Pulumi engine: `pulumi` from PATH, else built from its Go modules, which needs nothing but the
 * Go module proxy. Built aside and renamed, so that a half-built engine is never found.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, SetupError } from "./commandRun.mjs";
import { findCommand, isExecutable } from "./paths.mjs";
import { isAtLeast, toolVersion } from "./toolVersion.mjs";

/** The engine that is built here: the version of @pulumi/pulumi in package.json. */
export const engineVersion = "3.259.0";
/** The oldest engine on PATH that is used. */
const oldestEngine = "3.200.0";
/** What the engine's go.mod asks for. */
const oldestGo = "1.25.11";
const goFolders = ["/usr/local/go/bin"];
const modulePath = "github.com/pulumi/pulumi";

/** @param {string} cache */
export const enginePath = (cache) => join(cache, `pulumi-${engineVersion}`, "pulumi");

/**
 * The engine to use, if there is one.
 * @param {import("./part.d.mts").Context} context
 * @returns {Promise<string | undefined>}
 */
export async function findEngine({ cache, env }) {
  if (env.GATED_IMPORTS_PULUMI) return env.GATED_IMPORTS_PULUMI;
  const onPath = findCommand("pulumi", env);
  const version = onPath && (await toolVersion(onPath, ["version"], cache));
  if (onPath && version && isAtLeast(version, oldestEngine)) return onPath;
  return isExecutable(enginePath(cache)) ? enginePath(cache) : undefined;
}

/**
 * What to write and run to build the engine.
 * @param {{ go: string, folder: string }} where `go` the Go command, `folder` an empty folder
 */
export function engineBuild({ go, folder }) {
  const versionFlag = `-X ${modulePath}/sdk/v3/go/common/version.Version=v${engineVersion}`;
  const output = join(folder, "pulumi");
  return {
    output,
    goMod: `module gated-imports/engine\n\ngo ${oldestGo}\n\nrequire ${modulePath}/pkg/v3 v${engineVersion}\n`,
    // -mod=mod lets Go write the go.sum that a fresh module lacks.
    command: [
      ...[go, "build", "-v", "-mod=mod", "-ldflags", `-s -w ${versionFlag}`],
      ...["-o", output, `${modulePath}/pkg/v3/cmd/pulumi`],
    ],
  };
}

/**
 * @param {import("./part.d.mts").Context} context
 * @returns {import("./part.d.mts").Part}
 */
export function pulumiEngine(context) {
  const { cache, env } = context;
  return {
    title: `Pulumi engine ${engineVersion}`,
    key: `pulumi-${engineVersion}`,
    isReady: async () => (await findEngine(context)) !== undefined,
    async prepare(work) {
      const go = await findGo(context);
      const home = join(cache, `pulumi-${engineVersion}`);
      const folder = join(home, `build-${process.pid}`);
      try {
        mkdirSync(folder, { recursive: true });
        const { goMod, command, output } = engineBuild({ go, folder });
        writeFileSync(join(folder, "go.mod"), goMod);
        let built = 0;
        await runCommand(command, {
          ...work,
          cwd: folder,
          env: { ...env, GOFLAGS: "", GOWORK: "off" },
          onLine: (line) =>
            work.onLine(
              line.startsWith("go: downloading")
                ? line.slice("go: ".length)
                : `${(built += 1)} packages built, now ${line}`,
            ),
        });
        renameSync(output, enginePath(cache));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** @param {import("./part.d.mts").Context} context */
async function findGo({ cache, env }) {
  const go = findCommand("go", env, goFolders);
  const version = go && (await toolVersion(go, ["version"], cache));
  if (go && version && isAtLeast(version, oldestGo)) return go;
  const found = version ? `Go here is ${version}` : "there is neither Pulumi nor Go here";
  throw new SetupError(
    `${found}; install Pulumi (https://www.pulumi.com/docs/install) or Go ${oldestGo} or newer`,
  );
}
