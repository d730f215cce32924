/** What the company trusts: the registry behind the gate. */
import * as pulumi from "@pulumi/pulumi";
import {
  firstRun,
  firstRunsOf,
  type FirstRun,
  type ImageRuns,
  type ArmedTask,
} from "./parts/firstRun";
import {
  prefixOf,
  type BaseImage,
  type ImageSource,
  type TrustedSource,
} from "./parts/imageSource";
import { loginSecretName } from "./parts/names";
import type { Platform } from "./parts/platform";
import { promotedImage } from "./parts/promotedImage";
import { PullToken } from "./parts/pullToken";
import type { ArtifactsForApps } from "./parts/referencedArtifacts";
import { Registry } from "./parts/registry";
import { RegistryTask } from "./parts/registryTask";
import type { StoredLogin } from "./parts/secretVault";

export interface ImportedImage extends BaseImage {
  repository: string;
  tag: string;
  /** Where it comes from: a public registry, or the simulated one. */
  from: ImageSource;
  /** The git repository with its gate, which tests the public image and promotes it when the test passes. */
  gate: string;
  /** When to look for a new one beside the base image trigger: five fields of cron, in UTC. */
  schedule?: string | undefined;
  /** The run that promoted the image, or the digest, that the stable tag stays at. */
  pin?: string | undefined;
  /** Digests that never get in, whatever the tests say. */
  reject: string[];
}

export interface BaseArtifactsArgs {
  registryName: pulumi.Input<string>;
  platform: Platform;
  images: ImportedImage[];
}

/** The registry of validated base images: a task such as `base-import-node` is the only way in for each. */
export class BaseArtifacts extends pulumi.ComponentResource implements TrustedSource {
  public readonly loginServer: pulumi.Output<string>;
  /** Pulls the base images and nothing else. */
  public readonly login: StoredLogin;
  public readonly userName: pulumi.Output<string>;
  /** Secret. */
  public readonly password: pulumi.Output<string>;
  public readonly rejected: Record<string, pulumi.Output<string[]>> = {};
  public readonly tasks: ArmedTask[];
  public readonly ready: ImageRuns["ready"];
  /** What apps in other stacks need, see `ReferencedArtifacts`. Partly secret. */
  public readonly forApps: pulumi.Output<ArtifactsForApps>;

  constructor(name: string, args: BaseArtifactsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:BaseArtifacts", name, {}, opts);
    const { registryName, platform, images } = args;

    const registry = new Registry(name, { registryName, platform }, { parent: this });
    const pullToken = new PullToken(
      `${name}-pull`,
      {
        registry,
        platform,
        repositories: [...new Set(images.map(({ repository }) => repository))],
        secretName: registry.registryName.apply((r) => loginSecretName(r)),
      },
      { parent: this },
    );
    const gate = (image: ImportedImage): FirstRun => {
      const { from, pin = "", reject } = image;
      const taskName = `base-import-${image.name}`;
      const opts = { parent: this };
      const promoted = promotedImage(`${taskName}-promoted`, { registry, image, images }, opts);
      const task = new RegistryTask(
        taskName,
        {
          registry,
          platform,
          source: image.gate,
          values: {
            REGISTRY_FROM_URL: prefixOf(from),
            IMAGE: image.repository,
            TAG: image.tag,
            // Out of the search: a pin to nothing fails before the task is changed.
            PIN: pin && promoted ? promoted.pin : "",
            REJECT: reject.join(" "),
          },
          from,
          schedule: image.schedule,
        },
        opts,
      );
      // There must be an image to import.
      const dependsOn = from.ready(image);
      const runName = `${taskName}-first-run`;
      const makes = `${image.repository}:${image.tag}`;
      if (!promoted) return firstRun(runName, task, { makes, dependsOn }, opts);

      // The public image of now may be the very one that is not wanted, so this run asks the gate nothing.
      this.rejected[image.name] = promoted.rejectedRuns.apply((runs) => [...runs, ...reject]);
      return firstRun(runName, task, { makes, restore: promoted.search, dependsOn }, opts);
    };

    const { tasks, ready } = firstRunsOf(this, images, gate);
    this.tasks = tasks;
    this.ready = ready;
    this.loginServer = registry.loginServer;
    this.login = pullToken.login;
    this.userName = pullToken.userName;
    this.password = pullToken.password;
    this.forApps = pulumi.output({
      loginServer: this.loginServer,
      userName: this.userName,
      password: this.password,
      images: images.map(({ name, repository, tag }) => ({ name, repository, tag })),
      rejected: this.rejected,
    });
    this.registerOutputs({
      loginServer: this.loginServer,
      login: this.login,
      userName: this.userName,
      password: this.password,
      rejected: this.rejected,
      tasks: this.tasks,
      forApps: this.forApps,
    });
  }
}
