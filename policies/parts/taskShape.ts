/** Tasks of a registry, as far as the rules look at them. */
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

export const taskKind = "containerregistry:Task";
