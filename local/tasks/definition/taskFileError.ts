/**
 * What is wrong with a task file, a Dockerfile or a context URL, in one line that names the place.
 */

/** The one error that this part throws. `message` reads `FILE line N: cause; next step`. */
export class TaskFileError extends Error {
  override name = "TaskFileError";

  constructor(
    /** Name of the file, or of the property when it is not a file (`context`). */
    readonly file: string,
    /** The cause, and where it helps the next step; no line breaks. */
    override readonly cause: string,
    /** Line of the file as it was written, from 1. */
    readonly line?: number,
  ) {
    const oneLine = cause.replace(/\s*[\r\n]+\s*/g, " ");
    super(`${file}${line === undefined ? "" : ` line ${line}`}: ${oneLine}`);
  }
}
