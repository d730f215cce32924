/** Key Vault's errors, in its own codes and form. */

export const vaultErrors = {
  unauthorized: { status: 401, code: "Unauthorized" },
  forbidden: { status: 403, code: "Forbidden", inner: "AccessDenied" },
  forbiddenByRole: { status: 403, code: "Forbidden", inner: "ForbiddenByRbac" },
  disabled: { status: 403, code: "Forbidden", inner: "SecretDisabled" },
  secretNotFound: { status: 404, code: "SecretNotFound" },
  vaultNotFound: { status: 404, code: "VaultNotFound" },
  notSupported: { status: 404, code: "NotSupportedHere" },
  internalError: { status: 500, code: "InternalServerError" },
  deletedName: { status: 409, code: "Conflict", inner: "ObjectIsDeletedButRecoverable" },
  purgeForbidden: { status: 403, code: "Forbidden" },
  badParameter: { status: 400, code: "BadParameter" },
} as const;

export class VaultError extends Error {
  override name = "VaultError";
  readonly status: number;
  readonly body: unknown;

  constructor(kind: keyof typeof vaultErrors, message: string) {
    super(message);
    const entry: { status: number; code: string; inner?: string } = vaultErrors[kind];
    this.status = entry.status;
    const inner = entry.inner === undefined ? {} : { innererror: { code: entry.inner } };
    this.body = { error: { code: entry.code, message, ...inner } };
  }
}
