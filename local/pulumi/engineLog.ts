/** The running engine's log: how a provider shows what a resource is at, as a status line that is not kept. */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { EngineLog } from "./provider";

/** Opens the log at the address that the engine gave. Lines that cannot be delivered are dropped: a log never fails an operation. */
export function openEngineLog(address: string): { write: EngineLog; close: () => void } {
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  // One after the other, or the engine may take a later line first.
  let last = Promise.resolve();
  return {
    write(urn, line) {
      const request = new LogRequest();
      request.setSeverity(LogSeverity.INFO);
      request.setUrn(urn);
      request.setMessage(line);
      request.setEphemeral(true);
      last = last.then(() => new Promise((resolve) => client.log(request, () => resolve())));
    },
    close: () => client.close(),
  };
}
