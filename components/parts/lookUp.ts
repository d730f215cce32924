/** What Azure has at this moment, asked by the provider that also deploys. */
import * as pulumi from "@pulumi/pulumi";

/** @returns nothing for what is not there */
export async function lookUp<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (/NotFound|\b404\b/.test(String(error))) return undefined;
    throw error;
  }
}

/**
 * Looks up what the stack has made. A plain `up` trusts its state, so whatever was deleted behind its back would be
 * missed only by those who need it. A preview tells of it and goes on, since it is what shows the way out.
 * @throws {pulumi.RunError} in an `up`, for what is not there
 */
export async function stillThere<T>(what: string, answer: Promise<T>): Promise<T | undefined> {
  const found = await lookUp(answer);
  if (found === undefined)
    await fault(`${what} is not in Azure any more; run: pulumi up --refresh`);
  return found;
}

/** Ends an `up`; only warns in a preview. */
export async function fault(message: string): Promise<void> {
  if (pulumi.runtime.isDryRun()) return await pulumi.log.warn(message);
  // Said for itself, because Pulumi puts each property that misses the value before the error.
  await pulumi.log.error(message);
  throw new pulumi.RunError(message);
}

/**
 * An output that stays the same as long as its resource lives, such as the object id of its identity. When azure-native
 * previews an update it calls all outputs unknown but for name and location; so a preview looks this one up, else all
 * that is made from it would seem to be replaced.
 * @param args of the function that reads the resource
 */
export function lasting<Args>(
  output: pulumi.Output<string>,
  args: pulumi.Output<Args>,
  read: (args: Args) => Promise<string | undefined>,
): pulumi.Output<string> {
  if (!pulumi.runtime.isDryRun()) return output;
  return args
    .apply(async (known) => await lookUp(read(known)))
    .apply((found) => (found === undefined ? output : pulumi.output(found)));
}
