/** The images a Dockerfile builds on, found the way ACR's scanner finds them: line by line, without building. */
import type { ImageReference } from "../../contracts/tasks";
import { imageReferenceOf, imageText } from "./imageReference";
import { TaskFileError } from "./taskFileError";
import type { BaseImages, BuildArguments } from "./types";

export interface DockerfileSource {
  /** Name for messages, e.g. `Dockerfile`. */
  file: string;
  text: string;
  build: Pick<BuildArguments, "buildArgs" | "target">;
}

interface Stage {
  name?: string;
  /** External image at the end of the chain of stages. */
  origin: string;
  line: number;
}

const unquoted = (word: string): string => word.replace(/^["']+|["']+$/g, "");

/**
 * @throws TaskFileError for a Dockerfile that ACR's scanner cannot read, `FROM --platform=...` among
 * them, and for one without FROM.
 */
export function baseImagesOf({ file, text, build }: DockerfileSource): BaseImages<ImageReference> {
  const table = new Map<string, string>();
  for (const argument of build.buildArgs) {
    const at = argument.indexOf("=");
    if (at < 0) throw new TaskFileError(file, `build argument ${argument} has no value`);
    table.set(argument.slice(0, at), unquoted(argument.slice(at + 1)));
  }
  const stages = stagesOf(file, text, table, build.target);
  const last = stages.at(-1);
  if (!last) throw new TaskFileError(file, "no FROM line; a Dockerfile needs one");
  const chosen = stages.find((stage) => stage.name === build.target) ?? last;

  const references = new Map<string, ImageReference>();
  for (const { origin, line } of stages) {
    if (origin === "scratch") continue;
    const reference = imageReferenceOf(origin);
    if (!reference)
      throw new TaskFileError(
        file,
        `FROM ${JSON.stringify(origin)} is not the name of an image (build arguments filled in)`,
        line,
      );
    references.set(imageText(reference), reference);
  }
  const runtime = chosen.origin === "scratch" ? undefined : imageReferenceOf(chosen.origin);
  if (runtime) references.delete(imageText(runtime));
  return { ...(runtime ? { runtime } : {}), buildtime: [...references.values()] };
}

function stagesOf(
  file: string,
  text: string,
  table: Map<string, string>,
  target: string | undefined,
): Stage[] {
  const stages: Stage[] = [];
  const expand = (word: string): string =>
    word.replace(
      /\$\{([^}]*)\}|\$([A-Za-z_]\w*)/g,
      (_, braced?: string, plain?: string) => table.get(braced ?? plain ?? "") ?? "",
    );

  for (const [index, content] of text.replace(/^\uFEFF/, "").split("\n").entries()) {
    const line = index + 1;
    const [instruction = "", first, as, name] = content.trim().split(/\s+/);
    if (instruction.toUpperCase() === "ARG" && first !== undefined) {
      const at = first.indexOf("=");
      const key = at < 0 ? first : first.slice(0, at);
      if (at >= 0 && !table.has(key)) table.set(key, unquoted(first.slice(at + 1)));
    }
    if (instruction.toUpperCase() !== "FROM") continue;
    if (first === undefined) throw new TaskFileError(file, "FROM names no image", line);
    if (first.startsWith("--"))
      throw new TaskFileError(
        file,
        `FROM ${first} is refused, as by ACR's dependency scan; leave the option out`,
        line,
      );
    if (as !== undefined && (as.toLowerCase() !== "as" || name === undefined))
      throw new TaskFileError(file, `FROM ${first} ${as}: expected "AS name"`, line);
    const image = expand(unquoted(first));
    const base = stages.findLast((stage) => stage.name !== undefined && stage.name === image);
    stages.push({
      ...(name === undefined ? {} : { name }),
      origin: base?.origin ?? image,
      line,
    });
    if (name !== undefined && name === target) break;
  }
  return stages;
}
