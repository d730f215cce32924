/** Reads JSON over HTTPS, through the proxy of HTTPS_PROXY where there is one. */
import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
} from "@azure/core-rest-pipeline";

export interface Reply {
  status: number;
  /** By lower-case name. */
  header(name: string): string | undefined;
  /** The object that was answered; empty for anything else. */
  body: Readonly<Record<string, unknown>>;
}

export interface Question {
  method?: HttpMethods;
  authorization?: string;
  /** Sent as JSON. */
  body?: object;
}

/** Asks a service. */
export type Ask = (url: string, question?: Question) => Promise<Reply>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parsed(text: string): Reply["body"] {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** A client that asks again where the service was only busy. */
export function openRest(): Ask {
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 2 } });
  const client = createDefaultHttpClient();
  return async (url, { method = "GET", authorization, body } = {}) => {
    const request = createPipelineRequest({ url, method });
    request.headers.set("accept", "application/json");
    if (authorization) request.headers.set("authorization", authorization);
    if (body) {
      request.headers.set("content-type", "application/json");
      request.body = JSON.stringify(body);
    }
    const { status, headers, bodyAsText } = await pipeline.sendRequest(client, request);
    return {
      status,
      header: (name) => headers.get(name),
      body: parsed(bodyAsText ?? ""),
    };
  };
}

/** Members of an answer, where they are what they should be. */
export const textAt = (body: Reply["body"], name: string): string =>
  typeof body[name] === "string" ? body[name] : "";
export const objectAt = (body: Reply["body"], name: string): Reply["body"] =>
  isObject(body[name]) ? body[name] : {};
export const listAt = (body: Reply["body"], name: string): readonly Reply["body"][] =>
  Array.isArray(body[name]) ? body[name].filter(isObject) : [];
export const textsAt = (body: Reply["body"], name: string): readonly string[] =>
  Array.isArray(body[name]) ? body[name].map(String) : [];

/** What a service said went wrong, in one line: Azure's and GitHub's forms. */
export function complaint({ status, body }: Reply): string {
  const { code, message } = objectAt(body, "error") as { code?: string; message?: string };
  const words = message ?? textAt(body, "message");
  return [code ?? String(status), words.split("\n")[0]].filter(Boolean).join(": ");
}
