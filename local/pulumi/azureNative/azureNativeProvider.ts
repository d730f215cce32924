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
import { inputsOf, outputsOf, requestBody, setValue, valueAt, withoutPaths } from "./body";
import { check } from "./check";
import { readCredentials } from "./credentials";
import { driftedInputs } from "./drift";
import { callFunction } from "./functions";
import { createBeforeDelete, withDefaults } from "./inputs";
import { previewOutputs } from "./previewOutputs";
import {
  accessPolicyType,
  armId,
  parseArmId,
  pathInputs,
  resourceType,
  resourceTypes,
  type ResourceType,
} from "./resourceTypes";
import { deleteVaultSecret } from "./special";

const version = "3.28.0";

/**
 * `environment` is asked whenever an engine configures the provider. All engines share one configuration, the last.
 * `close` ends the connections.
 */
export function createAzureNativeProvider(
  environment: () => Record<string, string | undefined>,
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
      const answer = await client().put(id, body, call);
      // What cannot be read back is taken from the answer.
      return made((await read(type, id, bounds.signal).catch(() => undefined)) ?? answer);
    } catch (error) {
      if (!(error instanceof OperationFailed)) throw error;
      const look = await read(type, id, bounds.signal).then(
        (live) => (live ? made(live) : `${id} is not there`),
        (lost: unknown) => (lost instanceof Error ? lost.message : String(lost)),
      );
      if (typeof look !== "string") throw new InitializationFailed(look, [error.message]);
      const reason = `resource created but read failed ${look}: ${error.message}`;
      throw new InitializationFailed({ id, outputs: {} }, [reason]);
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
      if (token === accessPolicyType) return { inputs: news, failures: check(token, news) };
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
      return { inputs, failures: check(token, inputs, type) };
    },
    diff({ type: token, oldInputs, news }): Diff {
      if (token === accessPolicyType) return accessPolicies.diff(oldInputs, news);
      const type = resourceType(token);
      // The API version is the provider's business, the flag only says how the name was made.
      const before = withoutPaths(oldInputs, ["azureApiVersion", createBeforeDelete]);
      const after = withoutPaths(news, ["azureApiVersion", createBeforeDelete]);
      const fixed = [...pathInputs(type), ...(type.replaceOn ?? [])];
      const changes = findChanges(normalized(before), normalized(after), (path) =>
        fixed.includes(path),
      );
      return { changes, deleteBeforeReplace: oldInputs[createBeforeDelete] !== true };
    },
    async create({ type: token, inputs, preview, ...bounds }) {
      if (token === accessPolicyType) {
        if (preview) return { id: "", outputs: {} };
        const id = accessPolicyId(inputs, subscription());
        return { id, outputs: await accessPolicies.create(client(), id, inputs, bounds) };
      }
      const type = resourceType(token);
      if (preview) return { id: "", outputs: previewOutputs(type, inputs) };
      const id = armId(type, inputs, subscription());
      const body = requestBody(type, inputs);
      if (type.shared && type.shared.includes(".") && valueAt(body, type.shared) === undefined)
        setValue(body, type.shared, []);
      // A PUT would take over what is there, whoever made it.
      if (await read(type, id, bounds.signal))
        throw new Error(`cannot create already existing resource '${id}'`);
      return await write(type, id, { body, ...bounds });
    },
    async read({ type: token, id, inputs, state, signal }) {
      if (token === accessPolicyType) return await accessPolicies.read(client(), id, signal);
      const type = resourceType(token);
      const live = await read(type, id, signal);
      if (!live) return undefined;
      const outputs = outputsOf(type, live);
      if (!inputs) return { id, outputs, inputs: inputsOf(type, outputs, parseArmId(type, id)) };
      return { id, outputs, inputs: driftedInputs(type, inputs, state, outputs) };
    },
    async update({ type: token, id, inputs, state, preview, ...bounds }) {
      if (token === accessPolicyType)
        return preview ? {} : await accessPolicies.update(client(), id, inputs, bounds);
      const type = resourceType(token);
      if (preview) return previewOutputs(type, inputs, state);
      const body = requestBody(type, inputs);
      if (type.shared && valueAt(body, type.shared) === undefined) {
        const live = await client().show(id, { apiVersion: type.apiVersion, ...bounds });
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
