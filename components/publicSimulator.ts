/** Stands in for Docker Hub: a registry whose images the reader can change. */
import * as pulumi from "@pulumi/pulumi";
import {
  firstRun,
  firstRunsOf,
  type FirstRun,
  type ImageRuns,
  type ArmedTask,
} from "./parts/firstRun";
import type { BaseImage, ImageSource } from "./parts/imageSource";
import { loginSecretName } from "./parts/names";
import type { Platform } from "./parts/platform";
import { PullToken } from "./parts/pullToken";
import { Registry } from "./parts/registry";
import { RegistryTask } from "./parts/registryTask";
import type { StoredLogin } from "./parts/secretVault";

export interface SimulatedImage extends BaseImage {
  /** The git repository that builds it: an HTTPS URL with its `#branch`. */
  source: string;
}

export interface PublicSimulatorArgs {
  registryName: pulumi.Input<string>;
  platform: Platform;
  images: SimulatedImage[];
  /** Where the real images come from, with a login that spares its throttling. */
  upstream: ImageSource;
}

/** The simulated public registry: a task such as `node-public` builds each base image from the upstream one. */
export class PublicSimulator extends pulumi.ComponentResource implements ImageSource {
  public readonly loginServer: pulumi.Output<string>;
  /** Pulls every image: whoever uses a public registry may. */
  public readonly login: StoredLogin;
  public readonly tasks: ArmedTask[];
  public readonly ready: ImageRuns["ready"];

  constructor(name: string, args: PublicSimulatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:PublicSimulator", name, {}, opts);
    const { registryName, platform, images, upstream } = args;

    const registry = new Registry(name, { registryName, platform }, { parent: this });
    const pullToken = new PullToken(
      `${name}-pull`,
      { registry, platform, secretName: registry.registryName.apply((r) => loginSecretName(r)) },
      { parent: this },
    );
    const build = (image: SimulatedImage): FirstRun => {
      const taskName = `${image.name}-public`;
      const task = new RegistryTask(
        taskName,
        {
          registry,
          platform,
          source: image.source,
          values: {
            REGISTRY_FROM_URL: pulumi.interpolate`${upstream.loginServer}/`,
            IMAGE: image.repository,
            TAG: image.tag,
          },
          from: upstream,
        },
        { parent: this },
      );
      const makes = pulumi.interpolate`${image.repository}:${image.tag}`;
      return firstRun(
        `${taskName}-first-run`,
        task,
        { makes, dependsOn: upstream.ready(image) },
        { parent: this },
      );
    };

    const { tasks, ready } = firstRunsOf(this, images, build);
    this.tasks = tasks;
    this.ready = ready;
    this.loginServer = registry.loginServer;
    this.login = pullToken.login;
    this.registerOutputs({ loginServer: this.loginServer, login: this.login, tasks: this.tasks });
  }
}
