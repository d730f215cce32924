/**
 * Runs the task TASK_ID once and waits for its end. The run's log goes to stderr as it comes. Prints
 * `{ reason, run, status, images }`, the images being what the run made, each `REGISTRY/REPOSITORY:TAG@DIGEST`.
 *
 * DEFINITION, IDENTITY, RESTORE and AGAIN_ON are the reason for the run; with the same reason as last time, as
 * PULUMI_COMMAND_STDOUT has it, there is nothing to do. MAKES names the image that must be there afterwards, `REPOSITORY`
 * or `REPOSITORY:TAG`. With RESTORE, the variables of promotedImage.cjs as JSON, the run takes the tag back to the
 * promotion which that finds now, and the tag must be there afterwards.
 *
 * PAUSE_SECONDS is how long to wait before the task is run again, ARMING_SECONDS how long Azure may take after a run until
 * it tells what that built on.
 */
const { createHash } = require("node:crypto");
const { setTimeout: sleep } = require("node:timers/promises");
const { followLog } = require("./runLog.cjs");
const { openRegistry, print } = require("./signIn.cjs");

const finalStatus = ["Succeeded", "Failed", "Canceled", "Error", "Timeout"];

/** Microsoft says of roles that they take up to ten minutes; whoever reads a secret in a run has no second try. */
const rolesMinutes = 10;

/** How vault, resource manager, registry and az say that an identity may not do yet what it was given. */
const notOpenYet =
  /StatusCode=403\b|ForbiddenByRbac|timeout in fetching secrets|\(AuthorizationFailed\)|no subscriptions were found|response code: 403/;

async function work(environment) {
  const { TASK_ID, DEFINITION, IDENTITY, RESTORE, AGAIN_ON, MAKES } = environment;
  const reason = createHash("sha256")
    .update(JSON.stringify([TASK_ID, DEFINITION, IDENTITY, RESTORE, AGAIN_ON]))
    .digest("hex")
    .slice(0, 16);
  const last = environment.PULUMI_COMMAND_STDOUT && JSON.parse(environment.PULUMI_COMMAND_STDOUT);
  if (last?.reason === reason) return last;

  const azure = { ...openRegistry(TASK_ID), taskId: TASK_ID };
  // Looked for now: what was the newest promotion when the settings changed need not be it any more.
  const { restore, digest } = RESTORE
    ? await require("./promotedImage.cjs").choose(JSON.parse(RESTORE))
    : {};
  const run = await successfulRun(azure, restore ? { RESTORE: restore } : {});
  const [missing] = await Promise.all([
    MAKES &&
      require("./madeImage.cjs").missingImage(azure, {
        image: MAKES,
        digest,
        since: run.createTime,
      }),
    armed(azure, run),
  ]);
  if (missing)
    throw new Error(
      `run ${run.runId} succeeded, but ${missing}; ${logOf(azure, run)}; mend its task file, then run: pulumi up`,
    );
  // The images that it built; those that it did not push have no digest.
  const images = (run.outputImages ?? [])
    .filter(({ digest }) => digest)
    .map(({ registry, repository, tag, digest }) => `${registry}/${repository}:${tag}@${digest}`);
  return { reason, run: run.runId, status: run.status, images };
}

const seconds = (variable, standard) => Number(process.env[variable] ?? standard) * 1000;

const logOf = ({ registry }, { runId }) =>
  `its log: az acr task logs --registry ${registry} --run-id ${runId}`;

async function successfulRun(azure, values) {
  const until = Date.now() + rolesMinutes * 60_000;
  for (;;) {
    const { run, log } = await runOnce(azure, values);
    if (run.status === "Succeeded") return run;
    const why = run.runErrorMessage ? `: ${run.runErrorMessage}` : "";
    const ended = `run ${run.runId} ended as ${run.status}${why}`;
    if (!notOpenYet.test(log + why) || Date.now() > until)
      throw new Error(`${ended}; ${logOf(azure, run)}; mend the cause, then run: pulumi up`);
    console.error(
      `Task ${azure.name}: ${ended}, as its identity may not do yet what it was given. A role takes minutes to work; the task is run again, for up to ${rolesMinutes} minutes.`,
    );
    await sleep(seconds("PAUSE_SECONDS", 10));
  }
}

/** Another run each time: what is under way already may be of an older definition. */
async function runOnce({ client, group, registry, taskId }, values) {
  let scheduled;
  await client.registries.beginScheduleRun(
    group,
    registry,
    {
      type: "TaskRunRequest",
      taskId,
      overrideTaskStepProperties: {
        values: Object.entries(values).map(([name, value]) => ({ name, value })),
      },
    },
    // The answer to the request has the run's id. What the SDK would wait for is the run's end, without its log.
    { onResponse: ({ parsedBody }) => (scheduled ??= parsedBody) },
  );
  const { runId } = scheduled;
  const { logLink } = await client.runs.getLogSasUrl(group, registry, runId);
  const status = async () => (await client.runs.get(group, registry, runId)).status;
  const following = followLog(logLink, {
    write: (text) => process.stderr.write(text),
    isOver: async () => finalStatus.includes(await status()),
  });
  // Needed when the run has ended. To load it takes a moment, and there is nothing else to do now.
  require("./madeImage.cjs");
  const log = await following;
  for (;;) {
    const run = await client.runs.get(group, registry, runId);
    if (finalStatus.includes(run.status)) return { run, log };
    await sleep(200);
  }
}

/** Waits until Azure says what the task watches. @throws Error naming what it does not */
async function armed({ client, group, registry, name }, { runId }) {
  const until = Date.now() + seconds("ARMING_SECONDS", 60);
  for (;;) {
    const { step, trigger } = await client.tasks.get(group, registry, name);
    const images = (step?.baseImageDependencies ?? []).filter(({ type }) => type !== "BuildTime");
    if (images.length > 0 || !trigger?.baseImageTrigger) return;
    if (Date.now() > until)
      throw new Error(
        `run ${runId} did not arm its base image trigger: it built on no image; its task file needs a build step`,
      );
    await sleep(1000);
  }
}

print(() => work(process.env), `Task ${(process.env.TASK_ID ?? "").split("/").at(-1)}`);
