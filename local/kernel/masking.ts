/** Hides secrets in text that leaves a service: task logs, error messages, the daemon's own log. */

/** Values shorter than this are left alone: masking "a" or "80" would make a log unreadable and hide nothing. */
const shortestSecret = 6;

export class Masker {
  private readonly secrets = new Set<string>();

  /** Adds a secret value; blank and very short values are ignored. */
  add(secret: string): void {
    if (secret.trim().length >= shortestSecret) this.secrets.add(secret);
  }

  /** The text with every known secret replaced by `***`. Longest first, so that a secret inside another leaves no rest. */
  mask(text: string): string {
    const longestFirst = [...this.secrets].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((masked, secret) => masked.split(secret).join("***"), text);
  }
}
