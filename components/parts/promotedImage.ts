/** Which of the images that passed the gate a pin or a rejection means. */
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { azureScripts } from "./azureScripts";
import type { Registry } from "./registry";

export interface PromotedImageArgs {
  /** Base artifacts. */
  registry: Registry;
  image: { repository: string; tag: string; pin?: string | undefined; reject: string[] };
  /** Stable tags of the image's repository, which look like those of a promotion. */
  stableTags: string[];
}

export interface PromotedImage {
  /** The unique tag of the pinned image, else of the newest one that is not rejected; empty before the first. */
  restore: pulumi.Output<string>;
  /** Runs whose promotions are rejected since. */
  rejectedRuns: pulumi.Output<string[]>;
}

/** Looks once for each image, pin and rejection: what is promoted later is for the gate to say. */
export function promotedImage(
  name: string,
  { registry, image, stableTags }: PromotedImageArgs,
  opts: pulumi.CustomResourceOptions,
): PromotedImage {
  const { repository, tag, pin = "", reject } = image;
  const found = new command.local.Command(
    name,
    {
      create: "node promotedImage.cjs",
      // A checkout in another folder changes `dir`: no reason to look again.
      update: 'node -p "process.env.PULUMI_COMMAND_STDOUT"',
      ...azureScripts({
        LOGIN_SERVER: registry.loginServer,
        REPOSITORY: repository,
        TAG: tag,
        STABLE_TAGS: stableTags.join(" "),
        PIN: pin,
        REJECT: reject.join(" "),
      }),
      triggers: [repository, tag, pin, ...reject],
    },
    opts,
  );
  const printed = found.stdout.apply(
    (stdout) => JSON.parse(stdout) as { restore: string; rejectedRuns: string[] },
  );
  return { restore: printed.restore, rejectedRuns: printed.rejectedRuns };
}
