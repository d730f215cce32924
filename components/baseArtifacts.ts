/** What the company trusts: the registry behind the gate. */
import * as pulumi from "@pulumi/pulumi";
import { firstRun, succeededRunId } from "./parts/firstRun";
import type { BaseImage, ImageSource } from "./parts/imageSource";
import { PullToken } from "./parts/pullToken";
import { Registry } from "./parts/registry";
import { RegistryTask, type GitSource } from "./parts/registryTask";
import type { SecretVault } from "./parts/secretVault";

export interface BaseArtifactsArgs {
  registryName: pulumi.Input<string>;
  location: pulumi.Input<string>;
  vault: SecretVault;
  /** The repository with the gate: it tests the public image and promotes it when the test passes. */
  source: GitSource;
  baseImage: BaseImage;
  /** Where public images come from. */
  public: ImageSource;
}

/** The registry of validated base images: task `base-import-node` is the only way in. */
export class BaseArtifacts extends pulumi.ComponentResource implements ImageSource {
  public readonly loginServer: pulumi.Output<string>;
  /** Pulls the base image and nothing else. */
  public readonly pullToken: PullToken;
  public readonly taskName: pulumi.Output<string>;
  public readonly firstRunId: pulumi.Output<string>;

  constructor(name: string, args: BaseArtifactsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:BaseArtifacts", name, {}, opts);
    const { location, vault, source, baseImage } = args;

    const registry = new Registry(
      name,
      { registryName: args.registryName, location },
      { parent: this },
    );
    this.pullToken = new PullToken(
      `${name}-pull`,
      { registry, vault, repository: baseImage.name },
      { parent: this },
    );
    const task = new RegistryTask(
      "base-import-node",
      {
        taskName: "base-import-node",
        registry,
        source,
        values: {
          REGISTRY_FROM_URL: pulumi.interpolate`${args.public.loginServer}/`,
          IMAGE: baseImage.name,
          TAG: baseImage.tag,
        },
        credential: args.public.pullToken.credential,
        vault,
      },
      { parent: this },
    );
    const run = firstRun(task, "base-import-node-first-run", {
      parent: this,
      // There must be an image to import.
      dependsOn: [task, args.public],
    });

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
