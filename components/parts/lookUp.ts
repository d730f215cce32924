/** @returns nothing for what is not there in Azure */
export async function lookUp<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (/NotFound|\b404\b/.test(String(error))) return undefined;
    throw error;
  }
}
