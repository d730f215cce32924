/** How a run ends badly because of what the task asks for, as against a fault of the local Azure itself. */

/** The run ends as Failed; `message` is one line that names the thing, the cause and the way out. */
export class RunFailed extends Error {
  override name = "RunFailed";
}

/** The run cannot be queued at all, e.g. because its task is disabled. */
export class RunRefused extends Error {
  override name = "RunRefused";
}

/** The error's message as one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*[\r\n]+\s*/g, " ").trim();
}
