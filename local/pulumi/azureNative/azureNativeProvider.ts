/** Stands in for the azure-native plugin: maps the resource types that the local Azure has to ARM requests. */
import { findChanges } from "../changes";
import type { Bag } from "../propertyBag";
import {
  InitializationFailed,
  type Bounds,
  type Diff,
  type Made,
  type Provider,
} from "../provider";
import { accessPolicies, accessPolicyId } from "./accessPolicies";
import { OperationFailed } from "./armAnswers";
import { openArmClient, type ArmClient } from "./armClient";
import { createOnce, openBegunCreates, type BegunCreates } from "./begunCreates";
import {
  inputsOf,
  outputsOf,
  previewOutputs,
  requestBody,
  setValue,
  updatePreviewOutputs,
  valueAt,
  withoutPaths,
} from "./body";
import { readCredentials } from "./credentials";
import { driftedInputs } from "./drift";
import { callFunction } from "./functions";
import { createBeforeDelete, missingInputs, requiredInputs, withDefaults } from "./inputs";
import { lookSignal } from "./patience";
import {
  accessPolicyType,
  armId,
  parseArmId,
  pathInputs,
  resourceType,
  resourceTypes,
  type ResourceType,
} from "./resourceTypes";
import { deleteVaultSecret, untilPrincipalIsKnown } from "./special";

const version = "3.28.0";

/**
 * `environment` is asked whenever an engine configures the provider. All engines share one configuration, the last.
 * `begun` survives a crash where it is kept in a folder. `close` ends the connections.
 */
export function createAzureNativeProvider(
  environment: () => Record<string, string | undefined>,
  begun: BegunCreates = openBegunCreates(),
): Provider & { close(): void } {
  let config: Record<string, string> = {};
  let opened: ArmClient | undefined;
  // Opened late: a preview of other providers' resources needs no credentials.
  const client = (): ArmClient =>
    (opened ??= openArmClient(readCredentials(config, environment()), environment()));
  const close = (): void => {
    opened?.close();
    opened = undefined;
  };
  const subscription = (): string => client().credentials.subscriptionId;

  async function read(
    type: ResourceType,
    id: string,
    signal: AbortSignal,
  ): Promise<Bag | undefined> {
    return await client().get(id, { apiVersion: type.apiVersion, signal });
  }

  /** PUT, then the resource as a GET gives it; a resource that failed to come up keeps its state. */
  async function write(
    type: ResourceType,
    id: string,
    { body, ...bounds }: Bounds & { body: Bag },
  ): Promise<Made> {
    const call = { apiVersion: type.apiVersion, signal: bounds.signal };
    const made = (answer: Bag): Made => ({
      id: typeof answer["id"] === "string" ? answer["id"] : id,
      outputs: outputsOf(type, answer),
    });
    try {
      const answer = await untilPrincipalIsKnown(() => client().put(id, body, call), bounds.signal);
      return made((await read(type, id, lookSignal())) ?? answer);
    } catch (error) {
      if (!(error instanceof OperationFailed)) throw error;
      // The signal may be what ended the wait, so look once more without it.
      const live = await read(type, id, lookSignal()).catch(() => undefined);
      if (!live) throw error;
      throw new InitializationFailed(made(live), [error.message]);
    }
  }

  return {
    name: "azure-native",
    version,
    acceptSecrets: false,
    close,
    configure(given) {
      close();
      config = given;
    },
    async check({ type: token, news, olds, name, randomSeed }) {
      if (token === accessPolicyType) return { inputs: news, failures: accessPolicies.check(news) };
      const type = resourceType(token);
      const group = resourceTypes["azure-native:resources:ResourceGroup"] as ResourceType;
      const inputs = await withDefaults(type, news, {
        logicalName: name,
        randomSeed,
        olds,
        configuredLocation: config["location"],
        async locationOfGroup(resourceGroupName) {
          const id = armId(group, { resourceGroupName }, subscription());
          const location = (await read(group, id, AbortSignal.timeout(30_000)))?.["location"];
          return typeof location === "string" ? location : undefined;
        },
      });
      return { inputs, failures: missingInputs(inputs, requiredInputs(type)) };
    },
    diff({ type: token, oldInputs, news }): Diff {
      if (token === accessPolicyType) return accessPolicies.diff(oldInputs, news);
      const type = resourceType(token);
      // The API version is the provider's business, the flag only says how the name was made.
      const before = withoutPaths(oldInputs, ["azureApiVersion", createBeforeDelete]);
      const after = withoutPaths(news, ["azureApiVersion", createBeforeDelete]);
      const fixed = [...pathInputs(type), ...(type.replaceOn ?? [])];
      const changes = findChanges(normalized(before), normalized(after), (path) =>
        fixed.some(
          (name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`),
        ),
      );
      return { changes, deleteBeforeReplace: oldInputs[createBeforeDelete] !== true };
    },
    async create({ type: token, inputs, preview, ...bounds }) {
      if (token === accessPolicyType) {
        if (preview) return { id: "", outputs: inputs };
        const id = accessPolicyId(inputs, subscription());
        return await createOnce(begun, id, {
          find: () => accessPolicies.read(client(), id, bounds.signal),
          make: async () => ({
            id,
            outputs: await accessPolicies.set(client(), id, inputs, bounds),
          }),
        });
      }
      const type = resourceType(token);
      if (preview) return { id: "", outputs: previewOutputs(type, inputs) };
      const id = armId(type, inputs, subscription());
      const body = requestBody(type, inputs);
      if (type.shared && type.shared.includes(".") && valueAt(body, type.shared) === undefined)
        setValue(body, type.shared, []);
      return await createOnce(begun, id, {
        find: () => read(type, id, bounds.signal),
        make: () => write(type, id, { body, ...bounds }),
      });
    },
    async read({ type: token, id, inputs, state, signal }) {
      if (token === accessPolicyType) return await accessPolicies.read(client(), id, signal);
      const type = resourceType(token);
      const live = await read(type, id, signal);
      if (!live) return undefined;
      const outputs = outputsOf(type, live);
      if (!inputs) return { id, outputs, inputs: inputsOf(type, outputs, parseArmId(type, id)) };
      // No state: a create that was cut off. What it asked for is then the best there is.
      if (Object.keys(state).length === 0) return { id, outputs, inputs };
      return { id, outputs, inputs: driftedInputs(type, inputs, state, outputs) };
    },
    async update({ type: token, id, inputs, state, preview, ...bounds }) {
      if (token === accessPolicyType)
        return preview ? inputs : await accessPolicies.set(client(), id, inputs, bounds);
      const type = resourceType(token);
      if (preview) return updatePreviewOutputs(type, inputs, state);
      const body = requestBody(type, inputs);
      if (type.shared && valueAt(body, type.shared) === undefined) {
        const live = (await read(type, id, bounds.signal)) ?? {};
        setValue(body, type.shared, valueAt(live, type.shared) ?? []);
      }
      return (await write(type, id, { body, ...bounds })).outputs;
    },
    async delete({ type: token, id, inputs, signal }) {
      if (token === accessPolicyType)
        return await accessPolicies.delete(client(), id, inputs, signal);
      const type = resourceType(token);
      if (token === "azure-native:keyvault:Secret")
        return await deleteVaultSecret(client(), id, signal);
      await client().delete(id, { apiVersion: type.apiVersion, signal });
    },
    invoke: async (token, request) => await callFunction(client(), token, request),
  };
}

/** Azure writes one location in several ways: "East US" is eastus. */
function normalized(inputs: Bag): Bag {
  const { location } = inputs;
  if (typeof location !== "string") return inputs;
  return { ...inputs, location: location.replace(/ /g, "").toLowerCase() };
}
