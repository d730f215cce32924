/** What all ways that ask Entra ID themselves take. */
export interface SignInOptions {
  disableInstanceDiscovery?: boolean;
  additionallyAllowedTenants?: string[];
}

/** Where the token comes from that Entra ID takes in place of a secret. */
export type AssertionSource =
  | { token: string }
  | { path: string }
  | { requestToken: string; requestUrl: string; audience: string };

export type SignInChoice = { options: SignInOptions } & (
  | { kind: "default"; tenantId?: string }
  | {
      kind: "certificate";
      tenantId: string;
      clientId: string;
      certificatePath: string;
      password?: string;
    }
  | { kind: "secret"; tenantId: string; clientId: string; clientSecret: string }
  | { kind: "oidc"; tenantId: string; clientId: string; assertion: AssertionSource }
  | { kind: "managedIdentity"; clientId?: string }
  | { kind: "az"; tenantId?: string; subscription?: string }
);

/** @throws Error that names what is missing or not served */
export function chooseSignIn(
  environment: Readonly<Record<string, string | undefined>>,
): SignInChoice;
