/** Prints the last lines of the log of the task run TASK_RUN_ID. */
const {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
} = require("@azure/core-rest-pipeline");
const { openRegistry, print } = require("./signIn.cjs");

const lineCount = 12;

async function lastLines({ TASK_RUN_ID }) {
  const { client, group, registry, name } = openRegistry(TASK_RUN_ID);
  const { runResult } = await client.taskRuns.get(group, registry, name);
  if (!runResult?.runId) throw new Error(`${name} has not run`);
  const { logLink } = await client.runs.getLogSasUrl(group, registry, runResult.runId);
  // The link is signed by itself. The pipeline is for the proxy of HTTPS_PROXY, which fetch would pass by.
  const { status, bodyAsText } = await createPipelineFromOptions({}).sendRequest(
    createDefaultHttpClient(),
    createPipelineRequest({ url: logLink }),
  );
  if (status !== 200) throw new Error(`the log of ${runResult.runId} answered ${status}`);
  const lines = (bodyAsText ?? "").split(/\r?\n/).filter(Boolean).slice(-lineCount);
  return [`The end of the log of run ${runResult.runId}:`, ...lines].join("\n");
}

print(() => lastLines(process.env), "The log of the run is not known");
