/**
 * Serves a provider over Pulumi's plugin protocol, on 127.0.0.1. Built on the protocol's generated messages alone:
 * the SDK's own server cannot preview a create or detail a diff, and puts process-wide error handlers into its host.
 */
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { openEngineLog } from "./engineLog";
import { decode, encode, keepSecrets, type Bag, type Decoded } from "./propertyBag";
import type { Provider, Target } from "./provider";
import { asServiceError, diffResponse } from "./providerAnswers";

/** The engine's own limit; its default of 4 MB is too small for large states. */
const messageBytes = 400 * 1024 * 1024;
const defaultTimeoutSeconds = 2 * 60 * 60;

export interface ProviderServer {
  port: number;
  /** Aborts what runs and closes the connections. */
  stop(): Promise<void>;
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;

/** Starts serving; one server answers any number of engines, which share the last configuration given. */
export async function serveProvider(provider: Provider): Promise<ProviderServer> {
  let running = new AbortController();
  let closeLog: (() => void) | undefined;

  const bag = (struct: Struct | undefined): Decoded => decode(struct?.toJavaScript());
  const struct = (values: Bag): Struct => Struct.fromJavaScript(encode(values));
  /** Outputs as sent: with the secrets of the bags that they come from, where the engine leaves that to us. */
  const outputs = (values: Bag, ...sources: Decoded[]): Struct => {
    if (!provider.acceptSecrets) return struct(values);
    const secretly = sources.reduce(
      (kept, source) => keepSecrets(kept, source.marked, provider.secretWithAnyInput),
      values,
    );
    return struct(secretly);
  };
  const target = (request: { getUrn(): string }): Target => {
    const urn = request.getUrn();
    const [, , qualified = "", ...name] = urn.split("::");
    return { urn, type: qualified.split("$").at(-1) ?? "", name: name.join("::") };
  };

  /** Answers a call, with errors in the protocol's form. */
  function unary<Request, Response>(
    answer: (request: Request, signal: AbortSignal) => Promise<Response> | Response,
  ): grpc.handleUnaryCall<Request, Response> {
    return (call: Call<Request>, callback) => {
      const gone = new AbortController();
      call.on("cancelled", () => gone.abort(new Error("the Pulumi engine went away")));
      const signal = AbortSignal.any([gone.signal, running.signal]);
      Promise.resolve()
        .then(() => answer(call.request, signal))
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(asServiceError(error)),
        );
    };
  }
  const within = (signal: AbortSignal, seconds: number): AbortSignal =>
    AbortSignal.any([signal, AbortSignal.timeout((seconds || defaultTimeoutSeconds) * 1000)]);

  const implementation = {
    getPluginInfo: unary(() => {
      const info = new plugin.PluginInfo();
      info.setVersion(provider.version);
      return info;
    }),
    attach: unary((request: plugin.PluginAttach) => {
      if (provider.attach) {
        closeLog?.();
        const log = openEngineLog(request.getAddress());
        closeLog = log.close;
        provider.attach(log.write);
      }
      return new Empty();
    }),
    checkConfig: unary((request: protocol.CheckRequest) => {
      const response = new protocol.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(() => {
      const response = new protocol.DiffResponse();
      response.setChanges(protocol.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    }),
    configure: unary((request: protocol.ConfigureRequest) => {
      const variables: [string, string][] = request
        .getVariablesMap()
        .toArray()
        .map(([key, value]) => [key.split(":").at(-1) ?? key, value]);
      provider.configure(Object.fromEntries(variables));
      const response = new protocol.ConfigureResponse();
      response.setSupportspreview(true);
      response.setAcceptsecrets(provider.acceptSecrets);
      return response;
    }),
    check: unary(async (request: protocol.CheckRequest) => {
      const news = bag(request.getNews());
      const { inputs, failures } = await provider.check({
        ...target(request),
        olds: bag(request.getOlds()).values,
        news: news.values,
        randomSeed: request.getRandomseed_asU8(),
      });
      const response = new protocol.CheckResponse();
      response.setInputs(
        struct(provider.acceptSecrets ? keepSecrets(inputs, news.marked) : inputs),
      );
      response.setFailuresList(
        failures.map(({ property, reason }) => {
          const failure = new protocol.CheckFailure();
          failure.setProperty(property);
          failure.setReason(reason);
          return failure;
        }),
      );
      return response;
    }),
    diff: unary((request: protocol.DiffRequest) => {
      const { changes, deleteBeforeReplace } = provider.diff({
        ...target(request),
        id: request.getId(),
        oldInputs: bag(request.getOldInputs()).values,
        state: bag(request.getOlds()).values,
        news: bag(request.getNews()).values,
      });
      return diffResponse(changes, deleteBeforeReplace, request.getIgnorechangesList());
    }),
    create: unary(async (request: protocol.CreateRequest, signal) => {
      const inputs = bag(request.getProperties());
      const made = await provider.create({
        ...target(request),
        inputs: inputs.values,
        secrets: inputs.secrets,
        preview: request.getPreview(),
        signal: within(signal, request.getTimeout()),
      });
      const response = new protocol.CreateResponse();
      response.setId(made.id);
      response.setProperties(outputs(made.outputs, inputs));
      return response;
    }),
    read: unary(async (request: protocol.ReadRequest, signal) => {
      const inputs = request.hasInputs() ? bag(request.getInputs()) : undefined;
      const state = bag(request.getProperties());
      const found = await provider.read({
        ...target(request),
        id: request.getId(),
        ...(inputs && Object.keys(inputs.values).length > 0 ? { inputs: inputs.values } : {}),
        state: state.values,
        secrets: [...(inputs?.secrets ?? []), ...state.secrets],
        signal: within(signal, request.getTimeout()),
      });
      const response = new protocol.ReadResponse();
      if (!found) return response;
      response.setId(found.id);
      response.setProperties(outputs(found.outputs, state, ...(inputs ? [inputs] : [])));
      response.setInputs(outputs(found.inputs, ...(inputs ? [inputs] : [])));
      return response;
    }),
    update: unary(async (request: protocol.UpdateRequest, signal) => {
      const inputs = bag(request.getNews());
      const state = bag(request.getOlds());
      const updated = await provider.update({
        ...target(request),
        id: request.getId(),
        oldInputs: bag(request.getOldInputs()).values,
        state: state.values,
        inputs: inputs.values,
        secrets: [...inputs.secrets, ...state.secrets],
        preview: request.getPreview(),
        signal: within(signal, request.getTimeout()),
      });
      const response = new protocol.UpdateResponse();
      response.setProperties(outputs(updated, inputs));
      return response;
    }),
    delete: unary(async (request: protocol.DeleteRequest, signal) => {
      const inputs = bag(request.getOldInputs());
      const state = bag(request.getProperties());
      await provider.delete({
        ...target(request),
        id: request.getId(),
        inputs: inputs.values,
        state: state.values,
        secrets: [...inputs.secrets, ...state.secrets],
        signal: within(signal, request.getTimeout()),
      });
      return new Empty();
    }),
    invoke: unary(async (request: protocol.InvokeRequest, signal) => {
      const { values: args, secrets } = bag(request.getArgs());
      const bounds = { secrets, signal: within(signal, 0) };
      const response = new protocol.InvokeResponse();
      response.setReturn(struct(await provider.invoke(request.getTok(), { args, ...bounds })));
      return response;
    }),
    cancel: unary(() => {
      running.abort(new Error("canceled"));
      running = new AbortController();
      return new Empty();
    }),
  };

  const server = new grpc.Server({
    "grpc.max_receive_message_length": messageBytes,
    "grpc.max_send_message_length": messageBytes,
  });
  // Methods that are left out answer UNIMPLEMENTED, which the engine takes for "an older plugin".
  server.addService(ResourceProviderService as unknown as grpc.ServiceDefinition, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    port,
    stop() {
      running.abort(new Error("the local Azure stops"));
      closeLog?.();
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}
