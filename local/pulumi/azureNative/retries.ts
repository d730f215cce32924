/** Which answers the real provider asks for again, how often and when. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { isBag } from "../propertyBag";
import { parseBody, retryAfter } from "./armAnswers";

const tries = 4;
const firstPauseMilliseconds = 20_000;
const longestPauseMilliseconds = 120_000;
const passing = [408, 429, 500, 502, 503, 504];

function isPassing(response: PipelineResponse): boolean {
  if (passing.includes(response.status)) return true;
  const { error } = parseBody(response.bodyAsText);
  return response.status === 409 && isBag(error) && error["code"] === "AnotherOperationInProgress";
}

/**
 * Asks until the answer is one to keep: at most four times, after 20, 60 and 120 seconds unless Azure says when. A
 * connection that fails counts as such an answer. Nothing else is asked for again, least of all a principal that the
 * directory does not know yet.
 */
export async function withRetries(
  ask: () => Promise<PipelineResponse>,
  signal: AbortSignal,
): Promise<PipelineResponse> {
  for (let asked = 1; ; asked++) {
    const answer = await ask().catch((error: unknown) => {
      if (signal.aborted || asked === tries) throw error;
      return undefined;
    });
    if (answer && (!isPassing(answer) || asked === tries)) return answer;
    const growing = firstPauseMilliseconds * (2 ** asked - 1) * (0.8 + Math.random() / 2);
    const pause = (answer && retryAfter(answer)) ?? Math.min(growing, longestPauseMilliseconds);
    if (answer && pause > longestPauseMilliseconds) return answer;
    await sleep(pause, undefined, { signal });
  }
}
