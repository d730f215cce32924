/** Entra ID's errors, in its own codes and form. */

export const signInErrors = {
  unknownTenant: { code: 90002, error: "invalid_request", status: 400 },
  unknownApplication: { code: 700016, error: "unauthorized_client", status: 400 },
  wrongSecret: { code: 7000215, error: "invalid_client", status: 401 },
  unknownCertificate: { code: 700027, error: "invalid_client", status: 401 },
  unknownFederation: { code: 700213, error: "invalid_client", status: 401 },
  badAssertion: { code: 50027, error: "invalid_client", status: 401 },
  unknownResource: { code: 500011, error: "invalid_resource", status: 400 },
  missingParameter: { code: 900144, error: "invalid_request", status: 400 },
  unsupportedGrant: { code: 70003, error: "unsupported_grant_type", status: 400 },
} as const;

export class SignInError extends Error {
  override name = "SignInError";
  readonly status: number;
  readonly body: { error: string; error_description: string; error_codes: number[] };

  constructor(kind: keyof typeof signInErrors, text: string) {
    const { code, error, status } = signInErrors[kind];
    super(text);
    this.status = status;
    this.body = { error, error_description: `AADSTS${code}: ${text}`, error_codes: [code] };
  }
}
