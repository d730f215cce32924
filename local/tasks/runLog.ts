/**
 * The log of one run: a file that grows while the run goes on, in the lines of ACR's own log.
 * Lines end in CRLF, as the stored logs of Azure do: `az acr task logs` prints up to the last one.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { Output } from "../contracts/containers";
import { Masker } from "../kernel/masking";

/** Text without a line end is held back up to this many characters. */
const longestLine = 64 * 1024;

export interface OutputLines {
  /** Takes a command's output in any pieces. */
  write: Output;
  /** Writes what is left of a last line without an end. */
  end(): void;
}

export interface RunLog {
  /** Hides a secret in all that is written from now on, also line by line and in base64. */
  hide(secret: string): void;
  /** The text with all secrets hidden. */
  mask(text: string): string;
  /** A line of the service itself, with date and time in UTC in front. */
  line(text: string): void;
  /** Lines without a time stamp. */
  plain(text: string): void;
  /** One channel per command: whole lines only, so that steps side by side do not mix within a line. */
  output(): OutputLines;
  close(): void;
}

/** `YYYY/MM/DD HH:MM:SS` in UTC. */
function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll("-", "/").replace("T", " ");
}

/** Appends to the log at `path`; the file is made if need be. */
export function openRunLog(path: string): RunLog {
  const masker = new Masker();
  let longestSecret = 0;
  let file: number | undefined = openSync(path, "a", 0o600);

  const append = (lines: string): void => {
    if (file !== undefined) writeSync(file, lines);
  };
  const plain = (text: string): void => {
    const lines = masker.mask(text).split("\n");
    append(lines.map((line) => `${line.replace(/\r$/, "")}\r\n`).join(""));
  };

  return {
    hide(secret) {
      const forms = [
        secret,
        ...secret.split(/\r?\n/),
        Buffer.from(secret).toString("base64"),
        encodeURIComponent(secret),
      ];
      for (const form of forms) masker.add(form);
      longestSecret = Math.max(longestSecret, ...forms.map((form) => form.length));
    },
    mask: (text) => masker.mask(text),
    line: (text) => plain(`${stamp(new Date())} ${text}`),
    plain,
    output() {
      const decoder = new StringDecoder("utf8");
      let rest = "";
      return {
        write(chunk) {
          rest += decoder.write(chunk);
          const end = rest.lastIndexOf("\n");
          if (end >= 0) {
            plain(rest.slice(0, end));
            rest = rest.slice(end + 1);
          }
          if (rest.length > longestLine + longestSecret) {
            // Masked before it is cut, and the cut leaves room for a secret that has only begun.
            const masked = masker.mask(rest);
            const cut = Math.max(0, masked.length - longestSecret);
            append(masked.slice(0, cut));
            rest = masked.slice(cut);
          }
        },
        end() {
          rest += decoder.end();
          if (rest !== "") plain(rest);
          rest = "";
        },
      };
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
