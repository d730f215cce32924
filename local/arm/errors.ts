/**
 * Every error the resource manager answers with, in one table: Azure's code, the HTTP status and the
 * sentence. Codes marked "ours" have no known counterpart in Azure and say something only we refuse.
 */

interface ErrorKind {
  status: number;
  message: (...details: string[]) => string;
}

const passThrough = (message?: string): string => message ?? "";

export const errorTable = {
  AuthenticationFailed: { status: 401, message: passThrough },
  AuthorizationFailed: {
    status: 403,
    message: (client, objectId, action, scope) =>
      `The client '${client}' with object id '${objectId}' does not have authorization to perform action ` +
      `'${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  },
  MissingApiVersionParameter: {
    status: 400,
    message: () => "The api-version query parameter (?api-version=) is required for all requests.",
  },
  InvalidApiVersionParameter: {
    status: 400,
    message: (given, known) =>
      `The api-version '${given}' is invalid. The supported versions are '${known}'.`,
  },
  NoRegisteredProviderFound: {
    status: 400,
    message: (type, given, known) =>
      `No registered resource provider found for API version '${given}' for type '${type}'. The supported api-versions are '${known}'.`,
  },
  InvalidResourceNamespace: {
    status: 404,
    message: (namespace) => `The resource namespace '${namespace}' is invalid.`,
  },
  InvalidResourceType: {
    status: 404,
    message: (type, namespace, known) =>
      `The resource type '${type}' could not be found in the namespace '${namespace}'. The supported types are '${known}'.`,
  },
  InvalidRequestUri: {
    status: 404,
    message: (path) => `'${path}' is no path of the resource manager that is served here.`,
  },
  MethodNotAllowed: {
    status: 405,
    message: (method, type) =>
      `The requested resource of type '${type}' does not support http method '${method}'.`,
  },
  UnsupportedAction: {
    status: 404,
    message: (action, type, known) =>
      `The action '${action}' of '${type}' is not served here. Served actions: ${known || "none"}.`,
  },
  InvalidRequestContent: {
    status: 400,
    message: (detail) => `The request content was invalid: ${detail}`,
  },
  InvalidFilterInQueryString: {
    status: 400,
    message: (filter) =>
      `Invalid $filter '${filter}' specified in the query string, or one that is not served here.`,
  },
  SubscriptionNotFound: {
    status: 404,
    message: (id) => `The subscription '${id}' could not be found.`,
  },
  ResourceGroupNotFound: {
    status: 404,
    message: (name) => `Resource group '${name}' could not be found.`,
  },
  ResourceGroupBeingDeleted: {
    status: 409,
    message: (name) =>
      `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
  },
  ResourceGroupDeletionBlocked: {
    status: 409,
    message: (name, detail) =>
      `Deletion of resource group '${name}' failed as resources in it could not be deleted: ${detail}`,
  },
  InvalidResourceGroupLocation: {
    status: 409,
    message: (name, location) =>
      `Invalid resource group location. The Resource group '${name}' already exists in location '${location}'.`,
  },
  ResourceNotFound: {
    status: 404,
    message: (type, name, group) =>
      `The Resource '${type}/${name}' under resource group '${group}' was not found. ` +
      "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
  },
  ParentResourceNotFound: {
    status: 404,
    message: (type, parent) =>
      `Failed to perform 'write' on resource(s) of type '${type}', because the parent resource '${parent}' could not be found.`,
  },
  InvalidResourceLocation: {
    status: 409,
    message: (name, location) =>
      `The resource '${name}' already exists in location '${location}'. A resource with the same name cannot be created in another location.`,
  },
  LocationRequired: {
    status: 400,
    message: () => "The location property is required for this definition.",
  },
  InvalidResourceName: {
    status: 400,
    message: (name, rule) => `The resource name '${name}' is invalid: ${rule}.`,
  },
  OperationNotFound: {
    status: 404,
    message: (id) => `The operation '${id}' is not known; it may belong to an earlier start.`,
  },
  BadRequest: { status: 400, message: passThrough },
  BadParameter: { status: 400, message: passThrough },
  Conflict: { status: 409, message: passThrough },
  NotSupportedHere: {
    // ours
    status: 400,
    message: (what, advice) => `${what} is not served by the local Azure; ${advice}.`,
  },
  AlreadyInUse: {
    status: 409,
    message: (server) =>
      `The registry DNS name ${server} is already in use. Choose another registry name.`,
  },
  SkuNotSupported: { status: 400, message: (sku) => `The SKU ${sku} is not supported.` },
  DisablingPublicNetworkAccessNotSupported: {
    status: 400,
    message: (sku) =>
      `Disabling public network access is not supported for the SKU ${sku}. For more information, please visit https://aka.ms/acr/private-link.`,
  },
  ScopeMapInUse: {
    status: 409,
    message: (name, tokens) =>
      `The scope map '${name}' is used by the token(s) ${tokens}. Delete them or give them another scope map first.`,
  },
  SystemDefinedScopeMap: {
    status: 409,
    message: (name) =>
      `The scope map '${name}' is system defined and cannot be changed or deleted.`,
  },
  SourceTriggerRefused: {
    // ours
    status: 400,
    message: (task, repository, cause, advice) =>
      `The source trigger of task '${task}' cannot be registered at ${repository}: ${cause}; ${advice}.`,
  },
  TasksOperationsNotAllowed: {
    status: 400,
    message: (registry, subscription) =>
      `ACR Tasks requests for the registry ${registry} and ${subscription} are not permitted. ` +
      "Please file an Azure support request at http://aka.ms/azuresupport for assistance.",
  },
  MissingSubscriptionRegistration: {
    status: 409,
    message: (namespace) =>
      `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
  },
  LocationNotAvailableForResourceType: {
    status: 400,
    message: (location, type, known) =>
      `The provided location '${location}' is not available for resource type '${type}'. List of available regions for the resource type is '${known}'.`,
  },
  TaskDisabled: {
    status: 400,
    message: (task) => `Task '${task}' is disabled; set its status to Enabled to run it.`,
  },
  TaskRunFailed: {
    status: 409,
    message: (taskRun, task, run, status, cause, registry) =>
      `Task run '${taskRun}': run '${run}' of task '${task}' ended as ${status}: ${cause}. ` +
      `Its log: az acr task logs --registry ${registry} --run-id ${run}`,
  },
  VaultAlreadyExists: {
    status: 409,
    message: (name) =>
      `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken. ` +
      "If you are sure that the vault name was not taken then please retry.",
  },
  ConflictError: { status: 409, message: passThrough },
  SoftDeletedVaultDoesNotExist: {
    status: 400,
    message: () =>
      "A soft deleted vault with the given name does not exist. Ensure that the name for the vault that is being attempted to recover is in a recoverable state.",
  },
  DeletedVaultPurge: {
    status: 400,
    message: (name) =>
      `Purging the deleted vault '${name}' is not allowed: its purge protection is enabled.`,
  },
  InvalidContainerGroupUpdate: {
    status: 400,
    message: (name) =>
      `The updates on container group '${name}' are invalid. If you are going to update the os type, restart policy, ` +
      "network profile, CPU, memory or GPU resources for a container group, you must delete it first and then create a new one.",
  },
  ContainerGroupRefused: { status: 400, message: passThrough },
  PrincipalNotFound: {
    status: 400,
    message: (principal, tenant) =>
      `Principal ${principal} does not exist in the directory ${tenant}. Check that you have the correct principal ID. ` +
      "If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay.",
  },
  UnmatchedPrincipalType: {
    status: 400,
    message: (principal, actual, given) =>
      `The PrincipalId '${principal}' has type '${actual}', which is different from specified PrincipalType '${given}'.`,
  },
  RoleDefinitionDoesNotExist: {
    status: 400,
    message: (id) => `The specified role definition with ID '${id}' does not exist.`,
  },
  InvalidRoleAssignmentId: {
    status: 400,
    message: (name) =>
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
  },
  RoleAssignmentExists: {
    status: 409,
    message: (name) =>
      `The role assignment already exists. The ID of the existing role assignment is ${name}.`,
  },
  RoleAssignmentUpdateNotPermitted: {
    status: 400,
    message: () =>
      "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
  },
  InternalServerError: {
    status: 500,
    message: () => "The server encountered an internal error; the local Azure's own log says more.",
  },
} satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorTable;

/** The error body of every answer that is not a success. */
export interface ErrorBody {
  error: { code: string; message: string };
}

/** An answer that is an error of the table; thrown anywhere below the pipeline. */
export class ArmError extends Error {
  override name = "ArmError";
  readonly status: number;
  /** What the body carries; differs from `kind` only for errors that another service words. */
  readonly code: string;

  constructor(
    readonly kind: ErrorCode,
    details: string[] = [],
    code?: string,
  ) {
    const entry: ErrorKind = errorTable[kind];
    super(entry.message(...details));
    this.status = entry.status;
    this.code = code ?? kind;
  }

  body(): ErrorBody {
    return { error: { code: this.code, message: this.message } };
  }
}

/** Shorthand for `throw refuse("ResourceGroupNotFound", name)`. */
export const refuse = (kind: ErrorCode, ...details: string[]): ArmError =>
  new ArmError(kind, details);
