/** A promotion that one app builds on, whatever the stable tag is. */
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { azureScripts } from "./azureScripts";
import type { BaseImage, TrustedSource } from "./imageSource";

/**
 * The tag of a pinned image, as soon as it was found: a pin to a promotion that is not there ends the `up` before the
 * task is changed. It is the stable tag where the pinned run's image was rejected since.
 */
export function pinnedTag(
  name: string,
  { image, pin, from }: { image: BaseImage; pin: string; from: TrustedSource },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const found = new command.local.Command(
    name,
    {
      create: "node pinnedImage.cjs",
      ...azureScripts({
        LOGIN_SERVER: from.loginServer,
        REPOSITORY: image.repository,
        TAG: wantedTag(image, pin, from),
      }),
      stdin: pulumi.secret(pulumi.interpolate`${from.userName}\n${from.password}`),
    },
    pulumi.mergeOptions(opts, {
      dependsOn: from.ready(image),
      additionalSecretOutputs: ["stdin"],
    }),
  );
  return pulumi.unsecret(found.stdout);
}

/** The tag that a pin means, there or not. */
export function wantedTag(
  { name, tag }: BaseImage,
  pin: string,
  { rejected }: Pick<TrustedSource, "rejected">,
): pulumi.Output<string> {
  const separator = pin.startsWith("sha256:") ? "@" : "-";
  return pulumi
    .all([tag, rejected[name] ?? []])
    .apply(([stable, not]) => (not.includes(pin) ? stable : stable + separator + pin));
}
