/** The error table of the container registry: code, status and words, in the form every registry client prints. */
import type { ServerResponse } from "node:http";

/** What the registry refuses, in the distribution protocol's codes and Azure's words. */
export const registryErrors = {
  unauthorized: {
    status: 401,
    code: "UNAUTHORIZED",
    message:
      "authentication required, visit https://aka.ms/acr/authorization for more information.",
  },
  denied: { status: 403, code: "DENIED", message: "requested access to the resource is denied" },
  noSuchRegistry: { status: 404, code: "NAME_UNKNOWN", message: "no such registry" },
  noSuchRepository: {
    status: 404,
    code: "NAME_UNKNOWN",
    message: "repository name not known to registry",
  },
  noSuchManifest: { status: 404, code: "MANIFEST_UNKNOWN", message: "manifest unknown" },
  noSuchTag: { status: 404, code: "TAG_UNKNOWN", message: "the specified tag does not exist" },
  invalidName: { status: 400, code: "NAME_INVALID", message: "invalid repository name" },
  invalidRequest: { status: 400, code: "BAD_REQUEST", message: "the request is not valid" },
  manifestTooLarge: {
    status: 413,
    code: "MANIFEST_INVALID",
    message: "manifest is larger than 4 MiB",
  },
  unknownRoute: { status: 404, code: "NOT_FOUND", message: "no such route" },
  unsupported: { status: 405, code: "UNSUPPORTED", message: "the operation is unsupported" },
  unavailable: {
    status: 503,
    code: "UNAVAILABLE",
    message: "the storage behind the registry does not answer",
  },
} as const;

export type RegistryErrorName = keyof typeof registryErrors;

/** A refusal on its way to the client. */
export class RegistryError extends Error {
  override name = "RegistryError";

  /** @param message replaces the table's words where a more exact cause is known. */
  constructor(
    readonly kind: RegistryErrorName,
    message: string = registryErrors[kind].message,
    readonly detail?: unknown,
  ) {
    super(message);
  }
}

/** Answers with the error; headers set before (a challenge) are kept. */
export function sendError(response: ServerResponse, error: RegistryError): void {
  const { status, code } = registryErrors[error.kind];
  sendJson(response, status, {
    errors: [{ code, message: error.message, ...(error.detail ? { detail: error.detail } : {}) }],
  });
}

/** Answers with a JSON document. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
