/** Prints the last run of each task in TASK_IDS, a JSON list of ARM ids, by id: `{ run, status, trigger }`. */
const { openRegistry, print } = require("./signIn.cjs");

/** The TRIGGER column of `az acr task list-runs`. */
const triggerOf = ({ sourceTrigger, timerTrigger, imageUpdateTrigger }) =>
  sourceTrigger?.eventType ??
  (timerTrigger ? "Timer" : imageUpdateTrigger ? "Image Update" : "Manual");

async function lastRun(id) {
  const { client, group, registry, name } = openRegistry(id);
  const runs = client.runs.list(group, registry, { filter: `TaskName eq '${name}'`, top: 1 });
  for await (const run of runs)
    return [id, { run: run.runId, status: run.status, trigger: triggerOf(run) }];
  return [id, undefined];
}

print(
  async () => Object.fromEntries(await Promise.all(JSON.parse(process.env.TASK_IDS).map(lastRun))),
  "Last runs of the tasks are not known",
);
