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
  provisioningState,
  retryAfter,
} from "./armAnswers";
import { openProxyAgent } from "./proxyAgent";
import { withRetries } from "./retries";

const resourceManager = "https://management.azure.com";
const managementScope = `${resourceManager}/.default`;
/** How often a long operation is asked after where the service does not say. */
const pollMilliseconds = { put: 10_000, delete: 30_000 };

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
   * @throws {OperationFailed} when it was taken and failed later, or was not waited for to its end
   * @throws Error when there was no answer: whether Azure makes something of the request is not known
   */
  put(id: string, body: Bag, call: Call): Promise<Bag>;
  /** Deletes and waits; what is gone already counts as deleted. `url` may be absolute, for another service with `scope`. */
  delete(url: string, call: Call, scope?: string): Promise<void>;
  /** The deployer's own token for an endpoint, by default the resource manager. */
  token(endpoint?: string): Promise<string>;
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
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });
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
    const authorization = `Bearer ${await token(scope)}`;
    return await withRetries(() => {
      const request = createPipelineRequest({
        url,
        method,
        abortSignal: signal,
        headers: createHttpHeaders({
          authorization,
          accept: "application/json",
          ...(body ? { "content-type": "application/json" } : {}),
        }),
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return pipeline.sendRequest(http, request);
    }, signal);
  }

  const address = (id: string, apiVersion: string): string =>
    `${id.startsWith("https://") ? "" : resourceManager}${id}?api-version=${apiVersion}`;

  async function get(id: string, { apiVersion, signal }: Call): Promise<Bag | undefined> {
    const response = await send("GET", address(id, apiVersion), signal);
    if (response.status === 404) return undefined;
    return accepted(response, `GET ${id}`);
  }

  /** Waits as long as an answer asks for, or `otherwise`. */
  async function pause(
    response: PipelineResponse,
    signal: AbortSignal,
    otherwise: number,
  ): Promise<void> {
    const wait = retryAfter(response) ?? otherwise;
    if (wait > 0) await sleep(wait, undefined, { signal });
  }

  /** Follows an operation to its end; looks at once unless the first answer says when. */
  async function finish(
    first: PipelineResponse,
    { what, signal, poll }: { what: string; signal: AbortSignal; poll: number },
  ): Promise<void> {
    const status = first.headers.get("azure-asyncoperation");
    const location = first.headers.get("location");
    const url = status ?? (first.status === 202 ? location : undefined);
    if (!url) return;
    let response = first;
    for (let otherwise = 0; ; otherwise = poll) {
      await pause(response, signal, otherwise);
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
      const why = (error: unknown): string => {
        const reason = call.signal.aborted ? call.signal.reason : error;
        return `${what}: ${reason instanceof Error ? reason.message : reason}`;
      };
      const url = address(id, call.apiVersion);
      const first = await send("PUT", url, call.signal, { body }).catch((error: unknown) => {
        throw new Error(why(error));
      });
      let resource = accepted(first, what);
      try {
        await finish(first, { what, signal: call.signal, poll: pollMilliseconds.put });
        if (first.headers.has("azure-asyncoperation") || first.status === 202)
          resource = (await get(id, call)) ?? resource;
        let otherwise = 0;
        for (let response = first; ; otherwise = pollMilliseconds.put) {
          const state = provisioningState(resource);
          if (/^(|succeeded)$/i.test(state)) return resource;
          if (/^(failed|canceled|cancelled)$/i.test(state))
            throw new OperationFailed(`${what}: ${failureText(resource, state)}`);
          await pause(response, call.signal, otherwise);
          response = await send("GET", url, call.signal);
          resource = accepted(response, `GET ${id}`);
        }
      } catch (error) {
        throw error instanceof OperationFailed ? error : new OperationFailed(why(error));
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
      await finish(response, { what, signal, poll: pollMilliseconds.delete });
    },
    token: (endpoint = resourceManager) => token(`${endpoint}/.default`),
    close: () => agent?.destroy(),
  };
}
