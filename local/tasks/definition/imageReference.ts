/** Image names: taken apart and put together. */
import type { ImageReference } from "../../contracts/tasks";
import { TaskFileError } from "./taskFileError";

/** Names of Docker Hub, all of which become `docker.io`. */
const dockerHub = [
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
  "registry.hub.docker.com",
];

/** `HOST:PORT/` or nothing, then parts that begin with a letter or digit. */
const imageName = /^([A-Za-z0-9.-]+:\d+\/)?[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/;

const isRegistry = (part: string): boolean =>
  part.includes(".") || part.includes(":") || part === "localhost";

/**
 * Takes `REGISTRY/REPOSITORY:TAG@DIGEST` apart. Docker Hub's images get `docker.io` and, where they
 * have no owner, `library/`. Without tag and digest the tag is `latest`.
 * @throws TaskFileError when the text is no image name
 */
export function imageReferenceOf(text: string): ImageReference {
  const [, name = "", tag, digest] =
    /^([^@]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  if (!imageName.test(name)) throw new TaskFileError("image", `"${text}" is no image name`);
  const [first = "", ...rest] = name.split("/");
  const hasRegistry = rest.length > 0 && isRegistry(first);
  const registry = hasRegistry && !dockerHub.includes(first) ? first : "docker.io";
  const path = hasRegistry ? rest.join("/") : name;
  const repository = registry === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  return {
    registry: registry.toLowerCase(),
    repository,
    ...(tag !== undefined ? { tag } : digest === undefined ? { tag: "latest" } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The name without the digest: what a registry's tag is called. */
export const imageText = ({ registry, repository, tag }: ImageReference): string =>
  `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}`;
