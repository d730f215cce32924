/** Who is calling, and who says so. Implemented by `identity/`, used by every service. */

export interface Principal {
  /** Directory object id: what role assignments and access policies name. */
  objectId: string;
  /** Application (client) id. */
  appId: string;
  displayName: string;
  kind: "ServicePrincipal" | "ManagedIdentity";
}

/** Resources that tokens are issued for, as the `aud` claim carries them (no trailing slash). */
export type Audience =
  | "https://management.azure.com"
  | "https://vault.azure.net"
  | "https://containerregistry.azure.net"
  | "https://graph.microsoft.com";

/** The caller could not be identified: no token, a foreign or expired one, or a wrong audience. */
export class Unauthenticated extends Error {
  override name = "Unauthenticated";
}

export interface ManagedIdentityEndpoint {
  /** Value for AZURE_POD_IDENTITY_AUTHORITY_HOST; its path is unguessable. */
  url: string;
  close(): void;
}

export interface Directory {
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** The service principal that owns the subscription: what a person or Pulumi signs in as. */
  readonly deployer: Principal & { clientSecret: string };
  /**
   * The principal behind an `Authorization: Bearer …` header.
   * @throws {Unauthenticated} in words that fit the service's own 401 body.
   */
  authenticate(authorization: string | undefined, audience: Audience): Promise<Principal>;
  /** Issues a token directly, for services that exchange one credential for another. */
  issueToken(principal: Principal, audience: Audience): Promise<string>;
  find(objectId: string): Principal | undefined;
  createManagedIdentity(displayName: string): Principal;
  remove(objectId: string): void;
  /** Opens a managed identity endpoint that answers for this principal alone, until closed. */
  openManagedIdentityEndpoint(objectId: string): ManagedIdentityEndpoint;
}

/** Role based access, decided by the resource manager from the stored role assignments. */
export interface Authorizer {
  /** Whether a role of the principal at `scope` or above it allows `action`, e.g. `Microsoft.ContainerRegistry/registries/pull/read`. */
  can(objectId: string, action: string, scope: string): boolean;
}

/** What the resource manager itself asks beside. */
export interface RoleAuthorizer extends Authorizer {
  /** Whether the principal has any role at the scope, above it or below it: then it sees the subscription. */
  hasRoleWithin(objectId: string, scope: string): boolean;
}
