/** Azure's functions that only read, as the mocks answer them. A function that is not here is an error. */
import { subscriptionId, tenantId } from "./azureIds";

type Inputs = Record<string, unknown>;
export type AzureFunction = (inputs: Inputs) => Inputs;

/** An error whose words reach the program: the SDK takes them from `details`, as gRPC has them. */
const failure = (details: string): Error => Object.assign(new Error(details), { details });

export const notFound = (): never => {
  throw failure("Status=404 Code=ResourceNotFound");
};

export const refused = (): never => {
  throw failure("Status=403 Code=Forbidden");
};

export const imageDigest = `sha256:${"e".repeat(64)}`;

export const vaultCreatedAt = "2026-01-01T00:00:00.1234567Z";

const valueOfStep = (step: Inputs, wanted: string): string =>
  (step["values"] as { name: string; value: string }[]).find(({ name }) => name === wanted)
    ?.value ?? "";

/** What functions can find of the resources that were made. */
export interface Made {
  /** Inputs of tasks by `REGISTRY/TASK`. */
  tasks: Map<string, Inputs>;
  /** Names of vaults. */
  vaults: string[];
  /** Tasks that have run, by the end of their ids, `REGISTRY/tasks/TASK`. */
  ran: string[];
}

/** @param instead answers in place of the usual ones, by token */
export function azureFunctions(
  { tasks, vaults, ran }: Made,
  instead: Record<string, AzureFunction> = {},
): (token: string, inputs: Inputs) => Inputs {
  const usual: Record<string, AzureFunction> = {
    "azure-native:authorization:getClientConfig": () => ({
      clientId: "client",
      objectId: "object",
      subscriptionId,
      tenantId,
    }),
    "azure-native:keyvault:getVault": ({ vaultName }) =>
      vaults.includes(String(vaultName))
        ? { name: vaultName, systemData: { createdAt: vaultCreatedAt } }
        : notFound(),
    // A first `pulumi up` finds neither.
    "azure-native:keyvault:getSecret": notFound,
    "azure-native:containerregistry:getToken": notFound,
    // Only a run tells a task which image it is built on.
    "azure-native:containerregistry:getTask": ({ registryName, taskName }) => {
      const task = tasks.get(`${String(registryName)}/${String(taskName)}`) ?? notFound();
      const step = task["step"] as Inputs;
      const hasRun = ran.includes(`${String(registryName)}/tasks/${String(taskName)}`);
      const from = valueOfStep(step, "REGISTRY_FROM_URL").replace(/\/$/, "");
      const image = valueOfStep(step, "IMAGE");
      const dependency = {
        type: "RunTime",
        // ACR's words for an image without a registry, which is Docker Hub's.
        registry: from || "registry.hub.docker.com",
        repository: from ? image : `library/${image}`,
        tag: valueOfStep(step, "TAG"),
        digest: imageDigest,
      };
      const dependencies = hasRun ? [dependency] : [];
      return {
        ...task,
        name: taskName,
        step: { ...step, contextAccessToken: undefined, baseImageDependencies: dependencies },
      };
    },
    "azure-native:containerregistry:getRegistry": ({ registryName }) => ({
      name: registryName,
      creationDate: "2026-01-01T00:00:00Z",
    }),
    "azure-native:authorization:getRoleAssignment": ({ roleAssignmentName }) => ({
      name: roleAssignmentName,
    }),
    "azure-native:containerinstance:getContainerGroup": ({ containerGroupName }) => ({
      name: containerGroupName,
      ipAddress: { ip: "20.0.0.1" },
    }),
    "command:local:run": ({ command, environment }) => {
      if (command === "node deletedVault.cjs") return { stdout: "no" };
      throw failure(`no command: ${command}, with ${JSON.stringify(environment)}`);
    },
  };
  const all = { ...usual, ...instead };
  return (token, inputs) => {
    const known = all[token];
    if (!known) throw failure(`no such function: ${token}`);
    return known(inputs);
  };
}
