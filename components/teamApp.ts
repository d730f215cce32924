/** What a team ships: an app built on a base image, and where it runs. */
import * as pulumi from "@pulumi/pulumi";
import { AppHost } from "./parts/appHost";
import { firstRun, succeededRunId } from "./parts/firstRun";
import type { BaseImage, ImageSource } from "./parts/imageSource";
import { PullToken } from "./parts/pullToken";
import { Registry } from "./parts/registry";
import { RegistryTask, type GitSource } from "./parts/registryTask";
import type { SecretVault } from "./parts/secretVault";

export interface TeamAppArgs {
  registryName: pulumi.Input<string>;
  containerGroupName: pulumi.Input<string>;
  location: pulumi.Input<string>;
  vault: SecretVault;
  /** The app's repository. */
  source: GitSource;
  baseImage: BaseImage;
  public: ImageSource;
  baseArtifacts: ImageSource;
  /** True builds the app on validated base images; false straight on public ones. A change runs its task again. */
  gated: boolean;
}

/**
 * A team's registry, the task that builds and deploys its app, and the container instance that serves it. The
 * component's name is the app's: it names the task and the repository, so 5 to 50 letters, digits and hyphens.
 */
export class TeamApp extends pulumi.ComponentResource {
  public readonly loginServer: pulumi.Output<string>;
  public readonly taskName: pulumi.Output<string>;
  public readonly firstRunId: pulumi.Output<string>;
  public readonly pageUrl: pulumi.Output<string>;

  constructor(name: string, args: TeamAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:TeamApp", name, {}, opts);
    const { location, vault, source, baseImage, baseArtifacts } = args;
    const builtOn = args.gated ? baseArtifacts : args.public;

    const registry = new Registry(
      `${name}-registry`,
      { registryName: args.registryName, location },
      { parent: this },
    );
    // Not the task's, which may push here anyway, but the container instance's.
    const pullToken = new PullToken(
      `${name}-pull`,
      { registry, vault, repository: name },
      { parent: this },
    );
    const host = new AppHost(
      `${name}-aci`,
      {
        containerGroupName: args.containerGroupName,
        location,
        image: baseImage,
        imageSource: baseArtifacts,
      },
      { parent: this },
    );
    const task = new RegistryTask(
      name,
      {
        taskName: name,
        registry,
        source,
        values: {
          REGISTRY_FROM_URL: pulumi.interpolate`${builtOn.loginServer}/`,
          IMAGE: baseImage.name,
          TAG: baseImage.tag,
          APP: name,
          KEYVAULT: vault.vaultName,
          ACI: host.containerGroupName,
          ACI_RG: host.resourceGroupName,
        },
        credential: builtOn.pullToken.credential,
        vault,
      },
      { parent: this },
    );
    const role = host.allowDeploying(`${name}-deploys`, task.principalId, { parent: this });
    const run = firstRun(task, `${name}-first-run`, {
      parent: this,
      // It reads the token from the vault and deploys over the waiting page.
      dependsOn: [task, pullToken, host, role, builtOn],
    });

    this.loginServer = registry.loginServer;
    this.taskName = task.taskName;
    this.firstRunId = succeededRunId(run);
    this.pageUrl = host.pageUrl;
    this.registerOutputs({
      loginServer: this.loginServer,
      taskName: this.taskName,
      firstRunId: this.firstRunId,
      pageUrl: this.pageUrl,
    });
  }
}
