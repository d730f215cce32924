/** Names of images: taken apart, completed and compared. */
import type { ImageReference } from "../../contracts/tasks";

/** Docker Hub in every reference this part gives; the real engine writes `registry.hub.docker.com`. */
export const dockerHub = "docker.io";

const dockerHubNames = new Set([
  dockerHub,
  "index.docker.io",
  "registry-1.docker.io",
  "registry.hub.docker.com",
]);

const pattern =
  /^(?:([A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?)\/)?([a-z0-9][a-z0-9._/-]*(?::\d+\/[a-z0-9._/-]+)?)(?::(\w[\w.-]{0,127}))?(?:@([a-z0-9]+:[0-9a-f]{32,}))?$/;

/** The name with `:latest` if it has neither `:` nor `@`, as the engine completes it. */
export const withTag = (name: string): string => (/[:@]/.test(name) ? name : `${name}:latest`);

/**
 * A name as ACR's scanner takes it apart: what stands before the first slash is a registry only if it
 * has a dot, everything else is Docker Hub's; official images get `library/`.
 * `undefined` when it is not the name of an image.
 */
export function imageReferenceOf(name: string): ImageReference | undefined {
  const text = withTag(name);
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const isHost = first.includes(".");
  const rest = isHost ? text.slice(slash + 1) : text;
  const found = pattern.exec(`${isHost ? first : "hub"}/${rest}`);
  const repository = found?.[2];
  if (!found || repository === undefined || /\/\/|\/$|\.\./.test(repository)) return undefined;
  const host = isHost ? first.toLowerCase() : dockerHub;
  const registry = dockerHubNames.has(host) ? dockerHub : host;
  const official = registry === dockerHub && !repository.includes("/");
  return {
    registry,
    repository: official ? `library/${repository}` : repository,
    ...(found[3] === undefined ? {} : { tag: found[3] }),
    ...(found[4] === undefined ? {} : { digest: found[4] }),
  };
}

/** `registry/repository[:tag][@digest]` */
export const imageText = ({ registry, repository, tag, digest }: ImageReference): string =>
  `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}` +
  (digest === undefined ? "" : `@${digest}`);
