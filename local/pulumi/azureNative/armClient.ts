/** Requests to Azure's resource manager as a Pulumi deployment makes them: signed in, through the proxy, waiting for long operations. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientSecretCredential } from "@azure/identity";
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
  type PipelinePolicy,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { Bag } from "../propertyBag";
import {
  OperationFailed,
  accepted,
  errorText,
  failureText,
  pollMilliseconds,
  provisioningState,
} from "./armAnswers";
import { hearOut, lookSignal } from "./patience";
import { openProxyAgent } from "./proxyAgent";

const resourceManager = "https://management.azure.com";
const managementScope = `${resourceManager}/.default`;
export interface Credentials {
  clientId: string;
  clientSecret: string;
  tenantId: string;
  subscriptionId: string;
}

export interface Call {
  apiVersion: string;
  signal: AbortSignal;
}

export interface ArmClient {
  readonly credentials: Credentials;
  /** The resource, or nothing on 404. */
  get(id: string, call: Call): Promise<Bag | undefined>;
  /** The resource. @throws {ArmError} when it is not there. */
  show(id: string, call: Call): Promise<Bag>;
  /**
   * Creates or replaces and waits until that is done; the answer is the resource as the service then gives it.
   * @throws {ArmError} when the request is refused
   * @throws {OperationFailed} when it was taken and failed later, or its end is not known
   */
  put(id: string, body: Bag, call: Call): Promise<Bag>;
  /** Deletes and waits; what is gone already counts as deleted. `url` may be absolute, for another service with `scope`. */
  delete(url: string, call: Call, scope?: string): Promise<void>;
  /** Claims of the deployer's own token. */
  claims(): Promise<Bag>;
  close(): void;
}

/** Opens a client; `environment` gives HTTPS_PROXY and NODE_EXTRA_CA_CERTS, which a running Node.js process does not heed by itself. */
export function openArmClient(
  credentials: Credentials,
  environment: Record<string, string | undefined>,
): ArmClient {
  const proxy = environment["HTTPS_PROXY"];
  const caFile = environment["NODE_EXTRA_CA_CERTS"];
  const agent = proxy
    ? openProxyAgent(proxy, caFile ? readFileSync(caFile) : undefined)
    : undefined;
  const throughProxy: PipelinePolicy = {
    name: "throughProxy",
    sendRequest(request, next) {
      if (agent) request.agent = agent;
      return next(request);
    },
  };
  const credential = new ClientSecretCredential(
    credentials.tenantId,
    credentials.clientId,
    credentials.clientSecret,
    { additionalPolicies: [{ policy: throughProxy, position: "perCall" }] },
  );
  const http = createDefaultHttpClient();
  const pipeline = createPipelineFromOptions({});
  pipeline.addPolicy(throughProxy);

  async function token(scope: string): Promise<string> {
    return (await credential.getToken(scope)).token;
  }

  async function send(
    method: HttpMethods,
    url: string,
    signal: AbortSignal,
    { body, scope = managementScope }: { body?: Bag; scope?: string } = {},
  ): Promise<PipelineResponse> {
    const request = createPipelineRequest({
      url,
      method,
      abortSignal: signal,
      headers: createHttpHeaders({
        authorization: `Bearer ${await token(scope)}`,
        accept: "application/json",
        ...(body ? { "content-type": "application/json" } : {}),
      }),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return await pipeline.sendRequest(http, request);
  }

  const address = (id: string, apiVersion: string): string =>
    `${id.startsWith("https://") ? "" : resourceManager}${id}?api-version=${apiVersion}`;

  async function get(id: string, { apiVersion, signal }: Call): Promise<Bag | undefined> {
    const response = await send("GET", address(id, apiVersion), signal);
    if (response.status === 404) return undefined;
    return accepted(response, `GET ${id}`);
  }

  /** Follows an operation to its end. */
  async function finish(first: PipelineResponse, what: string, signal: AbortSignal): Promise<void> {
    const status = first.headers.get("azure-asyncoperation");
    const location = first.headers.get("location");
    const url = status ?? (first.status === 202 ? location : undefined);
    if (!url) return;
    let response = first;
    for (;;) {
      await sleep(pollMilliseconds(response), undefined, { signal });
      response = await send("GET", url, signal);
      const body = accepted(response, what);
      const state = String(body["status"] ?? "");
      if (status ? /^succeeded$/i.test(state) : response.status !== 202) return;
      if (/^(failed|canceled|cancelled)$/i.test(state))
        throw new OperationFailed(`${what}: ${errorText(body) ?? state}`);
    }
  }

  return {
    credentials,
    get,
    async show(id, { apiVersion, signal }) {
      return accepted(await send("GET", address(id, apiVersion), signal), `GET ${id}`);
    },
    async put(id, body, call) {
      const what = `PUT ${id}`;
      const unknownEnd = (error: unknown): OperationFailed => {
        const reason = call.signal.aborted ? call.signal.reason : error;
        return new OperationFailed(`${what}: ${reason instanceof Error ? reason.message : reason}`);
      };
      const first = await hearOut(call.signal, (signal) =>
        send("PUT", address(id, call.apiVersion), signal, { body }),
      ).catch((error: unknown) => {
        throw unknownEnd(error);
      });
      let resource = accepted(first, what);
      try {
        await finish(first, what, call.signal);
        if (first.headers.has("azure-asyncoperation") || first.status === 202)
          resource = (await get(id, { ...call, signal: lookSignal() })) ?? resource;
        for (let response = first; ;) {
          const state = provisioningState(resource);
          if (/^(|succeeded)$/i.test(state)) return resource;
          if (/^(failed|canceled|cancelled)$/i.test(state))
            throw new OperationFailed(`${what}: ${failureText(resource, state)}`);
          await sleep(pollMilliseconds(response), undefined, { signal: call.signal });
          response = await send("GET", address(id, call.apiVersion), call.signal);
          resource = accepted(response, `GET ${id}`);
        }
      } catch (error) {
        throw error instanceof OperationFailed ? error : unknownEnd(error);
      }
    },
    async delete(url, { apiVersion, signal }, scope) {
      const what = `DELETE ${url}`;
      const response = await send(
        "DELETE",
        address(url, apiVersion),
        signal,
        scope ? { scope } : {},
      );
      if (response.status === 404) return;
      accepted(response, what);
      await finish(response, what, signal);
    },
    async claims() {
      const [, payload = ""] = (await token(managementScope)).split(".");
      return JSON.parse(Buffer.from(payload, "base64url").toString("utf8") || "{}") as Bag;
    },
    close: () => agent?.destroy(),
  };
}
