/** The images that builds stand on: found before each build, given their digests after all steps, printed at the end. */
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Agent } from "../contracts/containers";
import type { BaseImageDependency, ImageReference } from "../contracts/tasks";
import {
  baseImagesOf,
  imageReferenceOf,
  imageText,
  type BaseImages,
  type BuildStep,
} from "./definition";
import { messageOf, RunFailed } from "./failure";

interface Build {
  tags: readonly string[];
  images: BaseImages<ImageReference>;
}

export interface BaseImageList {
  /** Reads a build's Dockerfile. @throws {RunFailed} naming the file. */
  scan(step: BuildStep, folder: string): void;
  /** Asks the agent for the digests that the builds really used, and for those of the built images that were pushed. */
  complete(pushed: ReadonlySet<string>): Promise<void>;
  /** What the builds made: each tag, with its digest if it was pushed. */
  built(): ImageReference[];
  /** What the builds really stood on: each base image once, with its digest; those of shipped images first. */
  dependencies(): BaseImageDependency[];
  /** The block of the log, in the form that Azure prints. */
  lines(commit: string): string[];
}

function entry(name: string, image: ImageReference): string[] {
  const fields = ["registry", "repository", "tag", "digest"] as const;
  return [
    `${name}:`,
    ...fields.flatMap((field) => (image[field] ? [`    ${field}: ${image[field]}`] : [])),
  ];
}

function block(tag: ImageReference | undefined, build: Build, commit: string): string[] {
  const { runtime, buildtime } = build.images;
  return [
    ...(tag ? entry("- image", tag) : ["- image: null"]),
    ...(runtime ? entry("  runtime-dependency", runtime) : []),
    ...(buildtime.length > 0 ? ["  buildtime-dependency:"] : []),
    ...buildtime.flatMap((image) =>
      entry("", image)
        .slice(1)
        .map((line, index) => (index === 0 ? line.replace("    ", "  - ") : line)),
    ),
    ...(commit ? ["  git:", `    git-head-revision: ${commit}`] : []),
  ];
}

export function createBaseImageList(agent: Agent): BaseImageList {
  const builds: Build[] = [];
  const digests = new Map<string, string>();
  const withDigest = (image: ImageReference): ImageReference => {
    const digest = image.digest ?? digests.get(imageText(image));
    return digest === undefined ? image : { ...image, digest };
  };

  return {
    scan({ build }, folder) {
      const path = resolve(folder, build.dockerfile);
      const file = relative(agent.workspace, path);
      const read = (): string => {
        try {
          return readFileSync(path, "utf8");
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          throw new RunFailed(
            `Dockerfile ${file} cannot be read (${code}); check -f and the source`,
          );
        }
      };
      const text = read();
      try {
        builds.push({ tags: build.tags, images: baseImagesOf({ file, text, build }) });
      } catch (error) {
        throw new RunFailed(messageOf(error));
      }
    },
    async complete(pushed) {
      const images = builds.flatMap(({ tags, images: { runtime, buildtime } }) => [
        // An image that stays on the agent has no digest yet: a registry gives it one.
        ...tags.filter((tag) => pushed.has(tag)),
        ...[...(runtime ? [runtime] : []), ...buildtime].map(imageText),
      ]);
      for (const image of new Set(images)) {
        const digest = await agent.digest(image);
        if (digest !== undefined) digests.set(imageText(imageReferenceOf(image)), digest);
      }
    },
    built: () => builds.flatMap(({ tags }) => tags.map((tag) => withDigest(imageReferenceOf(tag)))),
    dependencies() {
      const runtime = builds.flatMap(({ images }) => images.runtime ?? []);
      const buildtime = builds.flatMap(({ images }) => images.buildtime);
      const once = new Map<string, BaseImageDependency>();
      for (const [type, images] of [
        ["Runtime", runtime] as const,
        ["BuildTime", buildtime] as const,
      ]) {
        for (const image of images) {
          const known = withDigest(image);
          const key = imageText(image);
          if (known.digest !== undefined && !once.has(key)) once.set(key, { type, ...known });
        }
      }
      return [...once.values()];
    },
    lines(commit) {
      return builds.flatMap((build) => {
        const { runtime, buildtime } = build.images;
        const images = {
          runtime: runtime && withDigest(runtime),
          buildtime: buildtime.map(withDigest),
        };
        const tags = build.tags.map((tag) => withDigest(imageReferenceOf(tag)));
        const all: (ImageReference | undefined)[] = tags.length > 0 ? tags : [undefined];
        return all.flatMap((tag) => block(tag, { ...build, images }, commit));
      });
    },
  };
}
