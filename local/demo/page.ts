/** The app's page, read over HTTP as a browser would. */

/** What the page says its background is; `undefined` when it says nothing. */
export function colourOf(html: string): string | undefined {
  return /<meta\s+name="background-color"\s+content="([^"]*)"/i.exec(html)?.[1];
}

/** The page's colour now; `undefined` while nobody answers, or when it is another page. */
export async function readPageColour(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return answer.ok ? colourOf(await answer.text()) : undefined;
  } catch {
    return undefined;
  }
}

/** Colours are names; their case does not change what a browser shows. */
export function sameColour(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();
}
