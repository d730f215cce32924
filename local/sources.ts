/** What a new local Azure holds from the start: the article's three repositories and the upstream image. */
import { join } from "node:path";
import type { LocalGitHost } from "./git/gitHost";

/** The checkout's folder `sources`, seen from the compiled module and from its source alike. */
const sourcesFolder = (): string =>
  join(__dirname, __dirname.endsWith("dist") ? "../.." : "..", "sources");

const owner = "importing-public-content";
const repositories = ["base-image-node", "import-baseimage-node", "hello-world"];

/** The image on Docker Hub that all starts from, and the tag of the default settings. */
export const upstream = { repository: "library/node", tag: "22-alpine" };

/** Creates the repositories that are not there yet; what a person pushed stays. */
export async function seedSources(gitHost: LocalGitHost): Promise<void> {
  for (const name of repositories) {
    const folder = join(sourcesFolder(), name);
    await gitHost.seed({ owner, name, folder, message: `Start ${name}` });
  }
}
