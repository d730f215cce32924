// Does not prove that no connection is ever lost: only that one engine's end is not taken for another's.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { loadProgram } from "../../../local/pulumi/program";

/** Asks whoever listens for what nobody has. @returns how that was refused */
function ask(port: number): Promise<grpc.status | undefined> {
  const { grpcClientOptions } = settings as unknown as { grpcClientOptions: grpc.ClientOptions };
  // The interceptors are not about connections.
  const options = { ...grpcClientOptions, interceptors: [] };
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
  const bytes = (given: Buffer): Buffer => given;
  return new Promise((resolve) => {
    client.makeUnaryRequest("/a/b", bytes, bytes, Buffer.alloc(0), (error) => {
      client.close();
      resolve(error?.code);
    });
  });
}

describe("a program run in this process", () => {
  it("reaches an engine on a port where an earlier one ended, or an up would fail now and then", async () => {
    loadProgram(join(__dirname, "../../.."));
    const earlier = createServer().listen(0, "127.0.0.1");
    await once(earlier, "listening");
    const { port } = earlier.address() as AddressInfo;
    earlier.close();
    await once(earlier, "close");
    assert.equal(await ask(port), grpc.status.UNAVAILABLE);
    const server = new grpc.Server();
    await new Promise<void>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      server.bindAsync(`127.0.0.1:${port}`, credentials, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    try {
      assert.equal(await ask(port), grpc.status.UNIMPLEMENTED);
    } finally {
      server.forceShutdown();
    }
  });
});
