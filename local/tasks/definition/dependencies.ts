/** The base images of a Dockerfile, found line by line as ACR's scanner does. */
import type { ImageReference } from "../../contracts/tasks";
import { imageReferenceOf, imageText } from "./imageReference";
import { TaskFileError } from "./taskFileError";
import type { BaseImages, BuildArguments } from "./types";

export interface DockerfileSource {
  /** Path for messages. */
  file: string;
  text: string;
  build: Pick<BuildArguments, "buildArgs" | "target">;
}

const unquoted = (text: string): string => text.replace(/^["']+|["']+$/g, "");

function argumentTable(buildArgs: readonly string[]): Map<string, string> {
  return new Map(
    buildArgs.map((each): [string, string] => [
      each.slice(0, each.indexOf("=")),
      each.slice(each.indexOf("=") + 1),
    ]),
  );
}

/** @throws TaskFileError with the line of a FROM that cannot be read. */
export function baseImagesOf({ file, text, build }: DockerfileSource): BaseImages<ImageReference> {
  const known = argumentTable(build.buildArgs);
  const stages = new Map<string, string>();
  const external: string[] = [];
  let origin: string | undefined;

  const expand = (word: string): string =>
    word.replace(
      /\$(?:\{([^}]*)\}|(\w+))/g,
      (_, braced?: string, plain?: string) => known.get(braced ?? plain ?? "") ?? "",
    );

  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const [instruction = "", ...words] = raw.trim().split(/\s+/);
    if (instruction.toUpperCase() === "ARG") {
      const [first = ""] = words;
      const [name = "", ...value] = first.split("=");
      if (!known.has(name) && first.includes("=")) known.set(name, unquoted(value.join("=")));
      continue;
    }
    if (instruction.toUpperCase() !== "FROM") continue;
    const [image = "", as, name] = words;
    if (as !== undefined && as.toLowerCase() !== "as") {
      const cause = `FROM takes an image and AS name, not "${raw.trim()}"`;
      throw new TaskFileError(file, cause, index + 1);
    }
    const expanded = expand(unquoted(image));
    if (expanded === "" || expanded.startsWith("-")) {
      const cause = `FROM ${image} names no image; give its build arguments a value`;
      throw new TaskFileError(file, cause, index + 1);
    }
    origin = stages.get(expanded) ?? expanded;
    if (origin === expanded && origin !== "scratch") {
      try {
        imageReferenceOf(origin);
      } catch {
        throw new TaskFileError(file, `FROM ${image} gives "${origin}", no image name`, index + 1);
      }
      external.push(origin);
    }
    if (name !== undefined) stages.set(name, origin);
    if (name !== undefined && name === build.target) break;
  }
  if (origin === undefined) throw new TaskFileError(file, "there is no FROM");
  const runtime = origin === "scratch" ? undefined : imageReferenceOf(origin);
  const others = new Map(
    external.map((each) => imageReferenceOf(each)).map((each) => [imageText(each), each]),
  );
  if (runtime) others.delete(imageText(runtime));
  return { ...(runtime ? { runtime } : {}), buildtime: [...others.values()] };
}
