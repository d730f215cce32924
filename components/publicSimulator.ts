/** Stands in for Docker Hub: a registry whose images the reader can change. */
import * as pulumi from "@pulumi/pulumi";
import { firstRun, succeededRunId } from "./parts/firstRun";
import type { BaseImage, ImageSource } from "./parts/imageSource";
import { PullToken } from "./parts/pullToken";
import { Registry } from "./parts/registry";
import { RegistryTask, type GitSource, type RegistryCredential } from "./parts/registryTask";
import type { SecretVault } from "./parts/secretVault";

export interface PublicSimulatorArgs {
  registryName: pulumi.Input<string>;
  location: pulumi.Input<string>;
  vault: SecretVault;
  /** The repository that builds the public base image. */
  source: GitSource;
  baseImage: BaseImage;
  /** Where the real image comes from, and a login that spares its throttling. */
  upstream: RegistryCredential;
}

/** The simulated public registry: task `node-public` builds its base image from the upstream one. */
export class PublicSimulator extends pulumi.ComponentResource implements ImageSource {
  public readonly loginServer: pulumi.Output<string>;
  /** Pulls every image: whoever uses a public registry may. */
  public readonly pullToken: PullToken;
  public readonly taskName: pulumi.Output<string>;
  public readonly firstRunId: pulumi.Output<string>;

  constructor(name: string, args: PublicSimulatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:PublicSimulator", name, {}, opts);
    const { location, vault, source, baseImage, upstream } = args;

    const registry = new Registry(
      name,
      { registryName: args.registryName, location },
      { parent: this },
    );
    const task = new RegistryTask(
      "node-public",
      {
        taskName: "node-public",
        registry,
        source,
        values: {
          REGISTRY_FROM_URL: pulumi.interpolate`${upstream.loginServer}/`,
          IMAGE: baseImage.name,
          TAG: baseImage.tag,
        },
        credential: upstream,
        vault,
      },
      { parent: this },
    );
    const run = firstRun(task, "node-public-first-run", { parent: this, dependsOn: task });
    this.pullToken = new PullToken(`${name}-pull`, { registry, vault }, { parent: this });

    this.loginServer = registry.loginServer;
    this.taskName = task.taskName;
    this.firstRunId = succeededRunId(run);
    this.registerOutputs({
      loginServer: this.loginServer,
      pullToken: this.pullToken,
      taskName: this.taskName,
      firstRunId: this.firstRunId,
    });
  }
}
