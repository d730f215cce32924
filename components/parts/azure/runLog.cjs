/** The log of a task's run, while it is written. */
const { buffer } = require("node:stream/consumers");
const { setTimeout: sleep } = require("node:timers/promises");
const {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
} = require("@azure/core-rest-pipeline");

/** What is shown of all logs. Pulumi keeps it, and hands it to the next command in a variable, of which Linux takes 128 kB. */
const shownBytes = 64_000;
let shown = 0;

/** Without what a terminal or a variable cannot hold. A very long line is cut, so that no single one is all there is. */
const legible = (line) =>
  line
    .replaceAll("\r\n", "\n")
    // eslint-disable-next-line no-control-regex
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/g, "?")
    .replace(/^(.{2000}).+/s, "$1 ...\n");

/** Most runs end soon or take minutes. Milliseconds between two looks at the log after so many. */
const pauseAfter = (milliseconds) => Math.min(2000, Math.max(150, milliseconds / 20));

/** The run itself, of which Azure counts the requests, is asked seldom. */
const runPause = 10_000;

/**
 * Follows a log to its end.
 * @param {string} link signed by itself
 * @param {{ write: (text: string) => void, isOver: () => Promise<boolean> }} options `isOver` says whether the run has
 *   ended, should its log never be closed
 * @returns {Promise<string>} the whole log
 */
async function followLog(link, { write, isOver }) {
  // A pipeline, because fetch would pass by the proxy of HTTPS_PROXY.
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 3 } });
  const client = createDefaultHttpClient();
  const ask = (method, headers = {}) =>
    pipeline.sendRequest(
      client,
      createPipelineRequest({
        url: link,
        method,
        headers: createHttpHeaders(headers),
        // As bytes: a log may hold what is no text.
        streamResponseStatusCodes: new Set([206]),
      }),
    );
  let text = "";
  const take = (part) => {
    text += part;
    if (shown > shownBytes) return;
    for (const line of part.split(/(?<=\n)/)) {
      const shownLine = legible(line);
      shown += Buffer.byteLength(shownLine);
      if (shown > shownBytes) return write("... (the log goes on)\n");
      write(shownLine);
    }
  };

  let read = 0;
  const began = Date.now();
  let askedRun = began;
  for (let over = false; ;) {
    const { status, headers } = await ask("HEAD");
    // Not there yet: the run waits for an agent.
    if (status !== 200 && status !== 404) throw new Error(`the run's log answered ${status}`);
    const complete = headers.get("x-ms-meta-complete") !== undefined;
    const size = status === 200 ? Number(headers.get("content-length")) : 0;
    if (size > read) {
      const range = { "x-ms-range": `bytes=${read}-${size - 1}` };
      const { readableStreamBody, status: answer } = await ask("GET", range);
      if (answer !== 206) throw new Error(`the run's log answered ${answer}`);
      const whole = await buffer(readableStreamBody);
      // Whole lines only: a range may end within a letter.
      const lines = complete ? whole : whole.subarray(0, whole.lastIndexOf("\n") + 1);
      take(lines.toString("utf8"));
      read += lines.length;
    }
    if (complete || over) return text;
    if (Date.now() - askedRun > runPause) {
      askedRun = Date.now();
      over = await isOver();
    }
    await sleep(pauseAfter(Date.now() - began));
  }
}

module.exports = { followLog };
