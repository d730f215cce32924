/** The model of an ACR task: what is read from a request, and the whole task with its secrets for who runs it. */
import type { Resource } from "../../contracts/resources";
import { isObject, objectAt, type Json } from "../body";

/** A secret of a registry credential: the text itself, or the URL of a vault secret. */
export interface SecretValue {
  type: "Opaque" | "Vaultsecret";
  value: string;
}

export interface CustomRegistryCredential {
  userName?: SecretValue;
  password?: SecretValue;
  /** `system` or `[system]`, as given: the task's own identity, which reads vault secrets. */
  identity?: string;
}

export interface TaskValue {
  name: string;
  value: string;
  isSecret: boolean;
}

export interface TaskStep {
  type: "FileTask";
  /** Path of acr-task.yaml inside the context. */
  taskFilePath: string;
  /** Git URL, with `#branch` or `#branch:folder`. */
  contextPath: string;
  contextAccessToken?: string;
  values: TaskValue[];
  /** Path of a values file inside the context. */
  valuesFilePath?: string;
}

export interface SourceTrigger {
  name: string;
  status: "Enabled" | "Disabled";
  sourceTriggerEvents: "commit"[];
  sourceRepository: {
    sourceControlType: "Github";
    repositoryUrl: string;
    branch?: string;
    sourceControlAuthProperties?: { token: string; tokenType: string; scope?: string };
  };
}

export interface TimerTrigger {
  name: string;
  /** Five fields of cron, in UTC. */
  schedule: string;
  status: "Enabled" | "Disabled";
}

export interface BaseImageTrigger {
  name: string;
  status: "Enabled" | "Disabled";
  baseImageTriggerType: "Runtime" | "All";
  updateTriggerPayloadType: "Default" | "Token";
}

/** A task with everything that a run needs, secrets included. Never part of an answer but listDetails'. */
export interface TaskDetails {
  status: "Enabled" | "Disabled";
  /** Seconds, 300 to 28800. */
  timeout: number;
  /** linux and amd64, in the case they were given. */
  platform: { os: string; architecture: string };
  agentConfiguration?: { cpu: number };
  step: TaskStep;
  trigger: {
    sourceTriggers?: SourceTrigger[];
    timerTriggers?: TimerTrigger[];
    baseImageTrigger?: BaseImageTrigger;
  };
  credentials: {
    /** `None`: the run gets no login to the task's own registry. */
    sourceRegistry?: { loginMode: "Default" | "None" };
    customRegistries?: Record<string, CustomRegistryCredential>;
  };
}

/**
 * The whole task behind a stored task resource: its properties with the secrets put back
 * (`secret.contextAccessToken`, `secret.sourceToken`, `secret.values{name}`,
 * `secret.customRegistries{server}{userName|password}`). Never show the result to anyone but the run itself.
 */
export function taskDetails(resource: Resource): TaskDetails {
  return detailsBag(resource) as unknown as TaskDetails;
}

/** The same as a JSON bag, with what the properties hold beside the model (creationDate and the like). */
export function detailsBag({ properties, secret }: Resource): Json {
  const bag = structuredClone(properties);
  const step = objectAt(bag.step, "step");
  if (secret?.contextAccessToken !== undefined) step.contextAccessToken = secret.contextAccessToken;
  const values = objectAt(secret?.values, "values");
  for (const value of listOf(step.values)) {
    if (value.isSecret === true) value.value = values[String(value.name)] ?? "";
  }
  for (const trigger of listOf(objectAt(bag.trigger, "trigger").sourceTriggers)) {
    if (secret?.sourceToken === undefined) continue;
    objectAt(trigger.sourceRepository, "sourceRepository").sourceControlAuthProperties = {
      tokenType: "PAT",
      ...objectAt(secret.sourceAuthentication, "sourceAuthentication"),
      token: secret.sourceToken,
    };
  }
  const custom = objectAt(objectAt(bag.credentials, "credentials").customRegistries, "registries");
  const opaque = objectAt(secret?.customRegistries, "registries");
  for (const [server, credential] of Object.entries(custom)) {
    if (!isObject(credential)) continue;
    for (const [part, value] of Object.entries(objectAt(opaque[server], server))) {
      credential[part] = { type: "Opaque", value };
    }
  }
  return bag;
}

/**
 * Parts a complete task from its secrets: what may be shown, and what goes to `secret`.
 * The inverse of `taskDetails`.
 */
export function hideSecrets(details: TaskDetails): { properties: Json; secret: Json } {
  const secret: Json = {};
  const shown = structuredClone(details);
  if (shown.step.contextAccessToken !== undefined) {
    secret.contextAccessToken = shown.step.contextAccessToken;
    delete shown.step.contextAccessToken;
  }
  const values: Record<string, string> = {};
  const shownValues = shown.step.values.map(({ value, ...rest }) => {
    if (!rest.isSecret) return { ...rest, value };
    values[rest.name] = value;
    return rest;
  });
  if (Object.keys(values).length > 0) secret.values = values;
  for (const { sourceRepository } of shown.trigger.sourceTriggers ?? []) {
    const { token, ...authentication } = sourceRepository.sourceControlAuthProperties ?? {};
    delete sourceRepository.sourceControlAuthProperties;
    if (token === undefined) continue;
    secret.sourceToken = token;
    secret.sourceAuthentication = authentication;
  }
  const registries: Record<string, Record<string, string>> = {};
  for (const [server, credential] of Object.entries(shown.credentials.customRegistries ?? {})) {
    for (const part of ["userName", "password"] as const) {
      const given = credential[part];
      // a user name is no secret, but Azure hides every opaque value alike
      if (given?.type !== "Opaque") continue;
      registries[server] = { ...registries[server], [part]: given.value };
      credential[part] = { type: "Opaque" } as SecretValue;
    }
  }
  if (Object.keys(registries).length > 0) secret.customRegistries = registries;
  return { properties: { ...shown, step: { ...shown.step, values: shownValues } }, secret };
}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
