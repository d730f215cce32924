/** A JSON document on disk that survives a crash at any moment: written aside, then renamed over the old one. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";

export class JsonFile<T> {
  constructor(
    private readonly path: string,
    private readonly initial: () => T,
  ) {}

  /** The stored document, or the initial one when there is none. A damaged file is an error that names it. */
  read(): T {
    if (!existsSync(this.path)) return this.initial();
    try {
      return JSON.parse(readFileSync(this.path, "utf8")) as T;
    } catch (error) {
      throw new Error(
        `${this.path} is not readable JSON (${(error as Error).message}); move it away and start again`,
        { cause: error },
      );
    }
  }

  /** Replaces the document. The file is readable by its owner alone. */
  write(document: T): void {
    const aside = `${this.path}.new`;
    const handle = openSync(aside, "w", 0o600);
    try {
      writeSync(handle, JSON.stringify(document, undefined, 1));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(aside, this.path);
  }
}
