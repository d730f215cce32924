/** One ACR task: a git repository's acr-task.yaml, run on every commit and every new base image. */
import { createHash } from "node:crypto";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import type { input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import type { ImageSource } from "./imageSource";
import { lasting } from "./lookUp";
import type { Platform } from "./platform";
import type { Registry } from "./registry";
import type { StoredLogin, StoredSecret } from "./secretVault";

export interface RegistryTaskArgs {
  /** The registry that the task belongs to and pushes to. */
  registry: Registry;
  platform: Pick<Platform, "vault" | "gitToken">;
  /** HTTPS URL of the repository with its `#branch`. */
  source: string;
  /** What acr-task.yaml finds as `{{.Values.NAME}}`. Nothing secret: whoever reads the task sees them. */
  values: Record<string, pulumi.Input<string>>;
  /** The registry that the base image comes from. */
  from: ImageSource;
  /** Secrets that the task file itself reads, beside the login to `from`. */
  reads?: StoredSecret[];
  /** When to run beside all triggers: five fields of cron, in UTC. */
  schedule?: string | undefined;
}

/**
 * A task with an identity of its own that may read its logins in the vault. It is ready when the component is: the right
 * to read included. Nothing triggers it before its first run, see `firstRun`. The component's name is the task's, so 5 to
 * 50 letters, digits and hyphens.
 */
export class RegistryTask extends pulumi.ComponentResource {
  public readonly name: string;
  public readonly registry: Registry;
  public readonly taskName: pulumi.Output<string>;
  public readonly taskId: pulumi.Output<string>;
  /** Object id of the task's identity. */
  public readonly principalId: pulumi.Output<string>;
  /** Changes with the source or a value, so with whatever calls for a new run; not with the git token. */
  public readonly definitionHash: pulumi.Output<string>;

  constructor(name: string, args: RegistryTaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:RegistryTask", name, {}, opts);
    const { registry, source, from, reads = [], schedule } = args;
    const { vault, gitToken } = args.platform;

    const step = taskStep(source, args.values);
    const token = pulumi.secret(gitToken);
    const task = new containerregistry.Task(
      name,
      {
        taskName: name,
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
        trigger: taskTriggers(source, token, schedule),
        ...(from.login ? { credentials: vaultCredentials(from.loginServer, from.login) } : {}),
      },
      // Azure leaves the token out of its answers; should it ever not, it stays out of the plain state.
      { parent: this, additionalSecretOutputs: ["step", "trigger"] },
    );

    this.name = name;
    this.registry = registry;
    this.taskName = task.name;
    this.taskId = task.id;
    this.principalId = lasting(
      task.identity.apply((identity) => {
        if (identity?.principalId) return identity.principalId;
        throw new pulumi.RunError(`Azure gave task ${name} no identity of its own`);
      }),
      pulumi.output({
        registryName: registry.registryName,
        resourceGroupName: registry.resourceGroupName,
        taskName: name,
      }),
      async (args) =>
        (await containerregistry.getTask(args, { parent: this })).identity?.principalId,
    );
    this.definitionHash = pulumi.output(step).apply(hashOf);
    const secrets = [...(from.login ? [from.login.userName, from.login.password] : []), ...reads];
    vault.allowReading(
      `${name}-reads-vault`,
      { principalId: this.principalId, secrets },
      { parent: this },
    );
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
  source: string,
  values: Record<string, pulumi.Input<string>>,
): input.containerregistry.FileTaskStepArgs {
  return {
    type: "FileTask",
    taskFilePath: "acr-task.yaml",
    contextPath: source,
    values: Object.entries(values).map(([name, value]) => ({ name, value, isSecret: false })),
  };
}

/** Starts a run on a commit to the branch, when the image that the last run built on changes, and by the clock. */
export function taskTriggers(
  source: string,
  token: pulumi.Input<string>,
  schedule?: string,
): input.containerregistry.TriggerPropertiesArgs {
  const [repositoryUrl = source, branch = "main"] = source.split("#");
  const status = containerregistry.TriggerStatus.Enabled;
  return {
    sourceTriggers: [
      {
        name: "defaultSourceTriggerName",
        status,
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
      status,
      baseImageTriggerType: containerregistry.BaseImageTriggerType.Runtime,
    },
    ...(schedule ? { timerTriggers: [{ name: "schedule", status, schedule }] } : {}),
  };
}

/** Lets the task fetch a registry login from the vault, as itself, at the start of each run. */
export function vaultCredentials(
  loginServer: pulumi.Input<string>,
  { userName, password }: StoredLogin,
): input.containerregistry.CredentialsArgs {
  const type = containerregistry.SecretObjectType.Vaultsecret;
  const login = {
    userName: { type, value: userName.url },
    password: { type, value: password.url },
    // The task's own identity, spelled as az and the API's examples do; the API's description says `system`.
    identity: "[system]",
  };
  return {
    customRegistries: pulumi.output(loginServer).apply((server) => ({ [server]: login })),
  };
}

export const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
