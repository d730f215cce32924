/** Tasks of a registry and their runs, as far as the rules look at them. */
import { isKind } from "./rule";

/** A `--set` value or build argument. */
export interface NamedValue {
  name?: string;
  value?: string;
  isSecret?: boolean;
}

export interface BuildStep {
  contextPath?: string;
  sourceLocation?: string;
  values?: readonly NamedValue[];
  arguments?: readonly NamedValue[];
  encodedTaskContent?: string;
  encodedValuesContent?: string;
}

export interface SecretObject {
  type?: string;
  value?: string;
}

export interface RegistryLogin {
  userName?: SecretObject;
  password?: SecretObject;
  identity?: string;
}

export interface Credentials {
  customRegistries?: Readonly<Record<string, RegistryLogin>>;
}

export interface TaskProps {
  identity?: { type?: string };
  step?: BuildStep;
  credentials?: Credentials;
  trigger?: {
    sourceTriggers?: readonly { sourceRepository?: { repositoryUrl?: string } }[];
  };
}

export interface TaskRunProps {
  runRequest?: BuildStep & {
    type?: string;
    credentials?: Credentials;
    overrideTaskStepProperties?: BuildStep;
  };
}

export const taskKind = "containerregistry:Task";
export const taskRunKind = "containerregistry:TaskRun";

/** Reads something of a task or a run when it is called: that may meet an unknown value. */
export interface Part<T> {
  /** The property path, for messages. */
  path: string;
  read: () => T | undefined;
}

/** Where a task says what it builds; where a run says it, or overrides what its task says. */
export function stepParts(type: string, props: TaskProps & TaskRunProps): Part<BuildStep>[] {
  if (!isKind(type, [taskRunKind])) return [{ path: "step", read: () => props.step }];
  const override = "runRequest.overrideTaskStepProperties";
  return [
    { path: "runRequest", read: () => props.runRequest },
    { path: override, read: () => props.runRequest?.overrideTaskStepProperties },
  ];
}

/** Where a task or a run has its registry logins. */
export function credentialsPart(type: string, props: TaskProps & TaskRunProps): Part<Credentials> {
  return isKind(type, [taskRunKind])
    ? { path: "runRequest.credentials", read: () => props.runRequest?.credentials }
    : { path: "credentials", read: () => props.credentials };
}
