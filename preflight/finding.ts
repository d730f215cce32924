/** What a look found: all well, a fault with what mends it, or nothing, because something else has to be mended first. */
export type Finding =
  | { kind: "ok"; text: string }
  | { kind: "fault"; text: string; mend: string }
  | { kind: "open"; text: string; because: string };

export const ok = (text: string): Finding => ({ kind: "ok", text });

/** @param mend a command, or in words what to do; one line */
export const fault = (text: string, mend: string): Finding => ({ kind: "fault", text, mend });

/** Nobody looked. @param text what would have been told */
export const open = (text: string, because: string): Finding => ({ kind: "open", text, because });

const marks = { ok: "ok    ", fault: "FAULT ", open: "?     " } as const;

/** One line each, faults with what mends them. */
export function describe(finding: Finding): string {
  const { kind, text } = finding;
  if (kind === "fault") return `${marks[kind]}${text}; ${finding.mend}`;
  return `${marks[kind]}${text}${kind === "open" ? `: not looked at, ${finding.because}` : ""}`;
}

/** The last line. */
export function summary(findings: readonly Finding[]): string {
  const faults = findings.filter(({ kind }) => kind === "fault").length;
  const left = findings.filter(({ kind }) => kind === "open").length;
  if (faults === 0 && left === 0) return "Nothing stands in the way of the first up.";
  const rest = left === 0 ? "" : `, ${left} not looked at`;
  return `${faults} ${faults === 1 ? "fault" : "faults"}${rest}.`;
}

/** Whether the first `up` may go ahead. */
export const isReady = (findings: readonly Finding[]): boolean =>
  findings.every(({ kind }) => kind === "ok");
