/** Which of the images that passed the gate a pin or a rejection means. */
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { azureScripts } from "./azureScripts";
import type { Registry } from "./registry";

/** An image of base artifacts, as far as its promotions go. */
interface GatedImage {
  repository: string;
  tag: string;
  pin?: string | undefined;
  reject: string[];
}

export interface PromotedImageArgs {
  /** Base artifacts. */
  registry: Registry;
  image: GatedImage;
  /** All images of base artifacts: the stable tag of another may look like a promotion of this one. */
  images: readonly Pick<GatedImage, "repository" | "tag">[];
}

export interface PromotedImage {
  /** The pin, as soon as its promotion was found; a pin to one that is not there never gets further. */
  pin: pulumi.Output<string>;
  /** Runs whose promotions are rejected since. */
  rejectedRuns: pulumi.Output<string[]>;
  /** How to find the image that the stable tag belongs to: what the pin means, else the newest that is not rejected. */
  search: Record<string, pulumi.Input<string>>;
}

/**
 * Looks once for each image, pin and rejection, and again when the registry was made anew: what is promoted later is for
 * the gate to say. Fails when nothing is there that a pin could mean.
 * @returns nothing for an image that is neither pinned nor rejected
 */
export function promotedImage(
  name: string,
  { registry, image, images }: PromotedImageArgs,
  opts: pulumi.CustomResourceOptions,
): PromotedImage | undefined {
  const { repository, tag, pin = "", reject } = image;
  if (!pin && reject.length === 0) return undefined;
  const stableTags = images.filter((other) => other.repository === repository);
  const search = {
    LOGIN_SERVER: registry.loginServer,
    REPOSITORY: repository,
    TAG: tag,
    STABLE_TAGS: stableTags.map(({ tag }) => tag).join(" "),
    PIN: pin,
    REJECT: reject.join(" "),
  };
  const found = new command.local.Command(
    name,
    {
      // The script itself knows when its last answer still holds, so it is updated in place and never replaced.
      create: "node promotedImage.cjs",
      ...azureScripts({ ...search, REGISTRY_CREATED: registry.creationDate }),
    },
    opts,
  );
  const printed = pulumi
    .unsecret(found.stdout)
    .apply((stdout) => JSON.parse(stdout) as { pin: string; rejectedRuns: string[] });
  return {
    pin: printed.pin,
    rejectedRuns: printed.rejectedRuns,
    search,
  };
}
