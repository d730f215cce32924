/** What a team ships: an app built on base images, and where it runs. */
import * as pulumi from "@pulumi/pulumi";
import { AppHost } from "./parts/appHost";
import { firstRun, type ArmedTask } from "./parts/firstRun";
import {
  prefixOf,
  type BaseImage,
  type ImageSource,
  type TrustedSource,
} from "./parts/imageSource";
import { loginSecretName, valueName } from "./parts/names";
import { pinnedTag } from "./parts/pinnedImage";
import type { Platform } from "./parts/platform";
import { PullToken } from "./parts/pullToken";
import { Registry } from "./parts/registry";
import { RegistryTask } from "./parts/registryTask";

export interface TeamAppArgs {
  /** The app's own registry by name, or one that a team's apps share. */
  registry: pulumi.Input<string> | Registry;
  containerGroupName: pulumi.Input<string>;
  platform: Platform;
  /** The app's git repository: an HTTPS URL with its `#branch`. */
  source: string;
  /** At least one; the app runs on the first. */
  baseImages: [BaseImage, ...BaseImage[]];
  baseArtifacts: TrustedSource;
  /** Builds the app straight on public images from here, as the article does before there is a gate. */
  ungatedFrom?: ImageSource | undefined;
  /** The run that promoted the first base image, or its digest, to build on whatever the stable tag is. */
  pin?: string | undefined;
}

/**
 * A team's registry, the task that builds and deploys its app, and the container instance that serves it. The
 * component's name is the app's: it names the task and the repository, so 5 to 32 lower-case letters, digits and hyphens.
 */
export class TeamApp extends pulumi.ComponentResource {
  public readonly name: string;
  public readonly loginServer: pulumi.Output<string>;
  public readonly tasks: ArmedTask[];
  public readonly pageUrl: pulumi.Output<string>;

  constructor(name: string, args: TeamAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:TeamApp", name, {}, opts);
    const { platform, source, baseImages, baseArtifacts, ungatedFrom, pin } = args;
    const from = ungatedFrom ?? baseArtifacts;
    const [image] = baseImages;

    const registry =
      args.registry instanceof Registry
        ? args.registry
        : new Registry(
            `${name}-registry`,
            { registryName: args.registry, platform },
            { parent: this },
          );
    // Where apps share a registry, each has a login of its own.
    const owner = registry === args.registry ? name : undefined;
    const secretName = registry.registryName.apply((registryName) =>
      loginSecretName(registryName, owner),
    );
    // Not the task's, which may push here anyway, but the container instance's.
    const pullToken = new PullToken(
      `${name}-pull`,
      { registry, platform, repositories: [name], secretName },
      { parent: this },
    );
    const host = new AppHost(
      `${name}-aci`,
      {
        containerGroupName: args.containerGroupName,
        location: platform.location,
        image,
        imageSource: baseArtifacts,
      },
      { parent: this },
    );
    const pinned =
      pin && pinnedTag(`${name}-pin`, { image, pin, from: baseArtifacts }, { parent: this });
    const task = new RegistryTask(
      name,
      {
        registry,
        platform,
        source,
        values: {
          REGISTRY_FROM_URL: prefixOf(from),
          ...imageValues(baseImages, pinned),
          APP: name,
          KEYVAULT: platform.vault.vaultName,
          LOGIN: pullToken.secretName,
          ACI: host.containerGroupName,
          ACI_RG: host.resourceGroupName,
          TAGS: Object.entries(platform.tags)
            .map(([key, text]) => `${key}=${text}`)
            .join(" "),
        },
        from,
        reads: [pullToken.login.userName, pullToken.login.password],
      },
      { parent: this },
    );
    const role = host.allowDeploying(`${name}-deploys`, task.principalId, { parent: this });
    const { armed } = firstRun(
      `${name}-first-run`,
      task,
      {
        makes: name,
        // The container instance keeps a copy of the password, so it is deployed anew with the next one; and a new
        // container instance, which has another address, serves the waiting page until then.
        againOn: [pullToken.issued, host.address],
        // It reads the token from the vault and deploys over the waiting page.
        dependsOn: [pullToken, host, role, ...baseImages.flatMap((each) => from.ready(each))],
      },
      { parent: this },
    );

    this.name = name;
    this.loginServer = registry.loginServer;
    this.tasks = [armed];
    this.pageUrl = host.pageUrl;
    this.registerOutputs({
      loginServer: this.loginServer,
      tasks: this.tasks,
      pageUrl: this.pageUrl,
    });
  }
}

/** The first base image as IMAGE and TAG, and each as IMAGE_NAME and TAG_NAME. */
export function imageValues(
  images: [BaseImage, ...BaseImage[]],
  pinned?: pulumi.Input<string>,
): Record<string, pulumi.Input<string>> {
  const values: Record<string, pulumi.Input<string>> = {};
  for (const [index, { name, repository, tag }] of images.entries()) {
    const current = (index === 0 && pinned) || tag;
    if (index === 0) Object.assign(values, { IMAGE: repository, TAG: current });
    values[`IMAGE_${valueName(name)}`] = repository;
    values[`TAG_${valueName(name)}`] = current;
  }
  return values;
}
