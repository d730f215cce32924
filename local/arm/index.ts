/** The resource manager's face to the other services. */
export { createAuthorizer } from "./access/authorizer";
export { createResourceManager } from "./resourceManager";
export { readSchedule } from "./registry/timerSchedule";
export { taskDetails } from "./registry/taskModel";
export type {
  BaseImageTrigger,
  CustomRegistryCredential,
  SecretValue,
  SourceTrigger,
  TaskDetails,
  TaskStep,
  TaskValue,
  TimerTrigger,
} from "./registry/taskModel";
export type { TokenPassword } from "./registry/credentials";
export type { AccessPolicy } from "./keyvault/accessPolicies";
