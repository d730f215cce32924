/** What a new local Azure holds from the start: the article's three repositories and the upstream image. */
import { join } from "node:path";
import type { LocalGitHost } from "./git/gitHost";

/** The checkout's folder `sources`, seen from the compiled module and from its source alike. */
const sourcesFolder = (): string =>
  join(__dirname, __dirname.endsWith("dist") ? "../.." : "..", "sources");

const owner = "importing-public-content";
const repositories = ["base-image-node", "import-baseimage-node", "hello-world"];

/** Repository and tag on Docker Hub that the default settings start from. */
export const upstreamImage = "library/node:22-alpine";

/** Creates the repositories that are not there yet; what a person pushed stays. */
export async function seedSources(gitHost: LocalGitHost): Promise<void> {
  for (const name of repositories) {
    const folder = join(sourcesFolder(), name);
    await gitHost.seed({ owner, name, folder, message: `Start ${name}` });
  }
}
