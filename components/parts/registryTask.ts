/** One ACR task: a git repository's acr-task.yaml, run on every commit and every new base image. */
import { createHash } from "node:crypto";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import type { input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import type { Registry } from "./registry";
import type { SecretVault } from "./secretVault";

export interface GitSource {
  /** HTTPS URL of the repository with its `#branch`. */
  url: string;
  /** Token that clones the repository and registers the webhook behind the commit trigger. */
  token: pulumi.Input<string>;
}

/** A login to a registry that a task pulls from: URLs of the vault secrets that hold it. */
export interface RegistryCredential {
  loginServer: pulumi.Input<string>;
  userName: pulumi.Input<string>;
  password: pulumi.Input<string>;
}

export interface RegistryTaskArgs {
  /** 5 to 50 letters, digits and hyphens. */
  taskName: string;
  /** The registry that the task belongs to and pushes to. */
  registry: Registry;
  source: GitSource;
  /** What acr-task.yaml finds as `{{.Values.NAME}}`. Nothing secret: whoever reads the task sees them. */
  values: Record<string, pulumi.Input<string>>;
  /** Login to the registry that the base image comes from. */
  credential: RegistryCredential;
  /** Holds the login; the task's identity may read secrets there. */
  vault: SecretVault;
}

/**
 * A task with an identity of its own that may read the vault. It is ready when the component is: the access policy
 * included. Nothing triggers it before its first run, see `firstRun`.
 */
export class RegistryTask extends pulumi.ComponentResource {
  public readonly registry: Registry;
  public readonly taskName: pulumi.Output<string>;
  public readonly taskId: pulumi.Output<string>;
  /** Object id of the task's identity. */
  public readonly principalId: pulumi.Output<string>;
  /** Changes with the source or a value, so with whatever calls for a new run; not with the git token. */
  public readonly definitionHash: pulumi.Output<string>;

  constructor(name: string, args: RegistryTaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:RegistryTask", name, {}, opts);
    const { registry, source, vault } = args;

    const step = taskStep(source.url, args.values);
    const token = pulumi.secret(source.token);
    const task = new containerregistry.Task(
      name,
      {
        taskName: args.taskName,
        registryName: registry.registryName,
        resourceGroupName: registry.resourceGroupName,
        location: registry.location,
        status: containerregistry.TaskStatus.Enabled,
        identity: { type: containerregistry.ResourceIdentityType.SystemAssigned },
        platform: {
          os: containerregistry.OS.Linux,
          architecture: containerregistry.Architecture.Amd64,
        },
        agentConfiguration: { cpu: 2 },
        timeout: 3600,
        // Without the token a manual run, and so the first one, could not clone a private repository.
        step: { ...step, contextAccessToken: token },
        trigger: taskTriggers(source.url, token),
        credentials: vaultCredentials(args.credential),
      },
      // Azure leaves the token out of its answers; should it ever not, it stays out of the plain state.
      { parent: this, additionalSecretOutputs: ["step", "trigger"] },
    );

    this.registry = registry;
    this.taskName = task.name;
    this.taskId = task.id;
    this.principalId = task.identity.apply((identity) => {
      if (identity?.principalId) return identity.principalId;
      throw new pulumi.RunError(`Azure gave task ${args.taskName} no identity of its own`);
    });
    this.definitionHash = pulumi.output(step).apply(hash);
    vault.allowReading(`${name}-reads-vault`, this.principalId, { parent: this });
    this.registerOutputs({
      taskName: this.taskName,
      taskId: this.taskId,
      principalId: this.principalId,
      definitionHash: this.definitionHash,
    });
  }
}

/** Runs the repository's acr-task.yaml with these values. */
export function taskStep(
  url: string,
  values: Record<string, pulumi.Input<string>>,
): input.containerregistry.FileTaskStepArgs {
  return {
    type: "FileTask",
    taskFilePath: "acr-task.yaml",
    contextPath: url,
    values: Object.entries(values).map(([name, value]) => ({ name, value, isSecret: false })),
  };
}

/** Starts a run on a commit to the branch, and when the image that the last run built on changes. */
export function taskTriggers(
  url: string,
  token: pulumi.Input<string>,
): input.containerregistry.TriggerPropertiesArgs {
  const [repositoryUrl = url, branch = "main"] = url.split("#");
  return {
    sourceTriggers: [
      {
        name: "defaultSourceTriggerName",
        status: containerregistry.TriggerStatus.Enabled,
        sourceTriggerEvents: [containerregistry.SourceTriggerEvent.Commit],
        sourceRepository: {
          sourceControlType: containerregistry.SourceControlType.Github,
          repositoryUrl,
          branch,
          sourceControlAuthProperties: {
            token,
            tokenType: containerregistry.TokenType.PAT,
            scope: "repo",
          },
        },
      },
    ],
    baseImageTrigger: {
      name: "defaultBaseimageTriggerName",
      status: containerregistry.TriggerStatus.Enabled,
      baseImageTriggerType: containerregistry.BaseImageTriggerType.Runtime,
    },
  };
}

/** Lets the task fetch a registry login from the vault, as itself, at the start of each run. */
export function vaultCredentials(
  credential: RegistryCredential,
): input.containerregistry.CredentialsArgs {
  const type = containerregistry.SecretObjectType.Vaultsecret;
  const login = {
    userName: { type, value: credential.userName },
    password: { type, value: credential.password },
    // The task's own identity, spelled as az and the API's examples do; the API's description says `system`.
    identity: "[system]",
  };
  return {
    customRegistries: pulumi
      .output(credential.loginServer)
      .apply((loginServer) => ({ [loginServer]: login })),
  };
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
