/**
 * Finds the promoted image that a stable tag should be at: the one that PIN names, else the newest whose digest is not in
 * REJECT. Prints `{ restore, digest, pin, rejectedRuns, asked }`: its unique tag and its digest, both empty as long as
 * nothing was promoted; the pin, which is there now; and the runs whose promotions are rejected. LOGIN_SERVER, REPOSITORY
 * and TAG say which image; STABLE_TAGS, divided by blanks, which tags of the repository are none of a promotion.
 *
 * What was found last is in PULUMI_COMMAND_STDOUT: the same question gets the same answer, until REGISTRY_CREATED
 * changes. Without that the newest promotion would be another one each time.
 */
const {
  ContainerRegistryClient,
  KnownContainerRegistryAudience,
} = require("@azure/container-registry");
const { credential, print } = require("./signIn.cjs");

const words = (text = "") => text.split(" ").filter(Boolean);

/** What an answer is good for. How the script signs in is no part of it. */
const question = (environment) =>
  ["LOGIN_SERVER", "REGISTRY_CREATED", "REPOSITORY", "TAG", "PIN", "REJECT"].map(
    (name) => environment[name] ?? "",
  );

/** Runs count on from registry to registry in base 36, so the longer id, or the later one in order, is newer. */
const newestFirst = (a, b) => b.run.length - a.run.length || (a.run < b.run ? 1 : -1);

async function promotions({ LOGIN_SERVER, REPOSITORY, TAG, STABLE_TAGS }) {
  const client = new ContainerRegistryClient(`https://${LOGIN_SERVER}`, credential(), {
    audience: KnownContainerRegistryAudience.AzureResourceManagerPublicCloud,
  });
  const found = [];
  try {
    for await (const { digest, tags } of client.getRepository(REPOSITORY).listManifestProperties())
      for (const tag of tags)
        if (tag.startsWith(`${TAG}-`) && !words(STABLE_TAGS).includes(tag))
          found.push({ tag, digest, run: tag.slice(TAG.length + 1) });
  } catch (error) {
    // No repository: nothing was ever promoted.
    if (error.statusCode !== 404) throw error;
  }
  return found.sort(newestFirst);
}

/** The promotions that there are now, or `found` of them, and what they come to. */
async function choose(environment, found = promotions) {
  const { REPOSITORY, TAG, PIN = "", REJECT, PULUMI_COMMAND_STDOUT } = environment;
  const asked = question(environment);
  const last = PULUMI_COMMAND_STDOUT ? JSON.parse(PULUMI_COMMAND_STDOUT) : undefined;
  if (last && JSON.stringify(last.asked) === JSON.stringify(asked)) return last;

  const promoted = await found(environment);
  const isRejected = ({ digest }) => words(REJECT).includes(digest);
  const allowed = promoted.filter((one) => !isRejected(one));
  const chosen = PIN
    ? allowed.find(({ run, digest }) => run === PIN || digest === PIN)
    : allowed[0];
  if (PIN && !chosen) {
    const names = allowed.map(({ run, digest }) => `${run} (${digest})`).join(", ") || "none";
    throw new Error(`no promotion ${PIN} of ${REPOSITORY}:${TAG}; there are: ${names}`);
  }
  return {
    restore: chosen?.tag ?? "",
    digest: chosen?.digest ?? "",
    pin: PIN,
    rejectedRuns: promoted.filter(isRejected).map(({ run }) => run),
    asked,
  };
}

if (require.main === module) print(() => choose(process.env), "No promoted image to go back to");

module.exports = { choose };
