/** What the resource manager's answers mean: bodies, refusals, states and how long to wait. */
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { isBag, type Bag } from "../propertyBag";

/** The service said no. */
export class ArmError extends Error {
  override name = "ArmError";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The service took the request and then failed to carry it out: the resource may exist. */
export class OperationFailed extends Error {
  override name = "OperationFailed";
}

/** The body of a good answer. */
export function accepted(response: PipelineResponse, what: string): Bag {
  const body = parseBody(response.bodyAsText);
  if (response.status < 300) return body;
  const error = isBag(body["error"]) ? body["error"] : {};
  const code = String(error["code"] ?? response.status);
  throw new ArmError(
    response.status,
    code,
    `${what}: ${errorText(body) ?? `status ${response.status}`}`,
  );
}

/** The JSON object in an answer; an error of its own when it is none. */
export function parseBody(text: string | null | undefined): Bag {
  if (!text) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isBag(parsed) ? parsed : {};
  } catch {
    return { error: { code: "InvalidResponse", message: text.slice(0, 200) } };
  }
}

/** `Code: message` of an ARM error body, details included. */
export function errorText(body: Bag): string | undefined {
  const error = body["error"];
  if (!isBag(error)) return undefined;
  const details = Array.isArray(error["details"]) ? error["details"].filter(isBag) : [];
  const own = `${String(error["code"])}: ${String(error["message"])}`;
  return [
    own,
    ...details.map((detail) => `${String(detail["code"])}: ${String(detail["message"])}`),
  ].join("; ");
}

export function provisioningState(resource: Bag): string {
  const properties = isBag(resource["properties"]) ? resource["properties"] : {};
  return String(properties["provisioningState"] ?? "");
}

/** Why a resource failed, with the id of the run where it is a task run. */
export function failureText(resource: Bag, state: string): string {
  const properties = isBag(resource["properties"]) ? resource["properties"] : {};
  const result = isBag(properties["runResult"]) ? properties["runResult"] : {};
  const run = isBag(result["properties"]) ? result["properties"] : result;
  if (!run["runId"]) return `provisioning state ${state}`;
  const why = run["runErrorMessage"] ? `: ${String(run["runErrorMessage"])}` : "";
  return `run ${String(run["runId"])} ended as ${String(run["status"] ?? state)}${why}`;
}

/** How long the service asks to wait; nothing when it does not say. */
export function retryAfter({ headers }: PipelineResponse): number | undefined {
  const exact = Number(headers.get("retry-after-ms") ?? headers.get("x-ms-retry-after-ms"));
  if (exact > 0) return exact;
  const seconds = Number(headers.get("retry-after"));
  return seconds > 0 ? seconds * 1000 : undefined;
}
