/**
 * What the program logs as errors while `work` goes on. Without an engine the SDK prints them.
 * @returns each as it would be printed
 */
export async function hearErrors(work: () => Promise<void>): Promise<string[]> {
  const heard: string[] = [];
  const print = console.error;
  console.error = (text: string) => heard.push(text);
  try {
    await work();
  } finally {
    console.error = print;
  }
  return heard;
}
