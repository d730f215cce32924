/** Diffs and errors in the plugin protocol's form. */
import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as protocol from "@pulumi/pulumi/proto/provider_pb";
import * as status from "@pulumi/pulumi/proto/status_pb";
import { encode } from "./propertyBag";
import { InitializationFailed, type Change } from "./provider";

const detailedKinds = protocol.PropertyDiff.Kind;

/** The answer to a diff; changes under ignored properties do not count. */
export function diffResponse(
  changes: Change[],
  deleteBeforeReplace: boolean,
  ignored: string[],
): protocol.DiffResponse {
  const counted = changes.filter(
    ({ path }) =>
      !ignored.some(
        (name) => path === name || (/^[.[]/.test(path.slice(name.length)) && path.startsWith(name)),
      ),
  );
  const response = new protocol.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = protocol.DiffResponse.DiffChanges;
  response.setChanges(counted.length > 0 ? DIFF_SOME : DIFF_NONE);
  const replaces = counted.filter((change) => change.replaces);
  const roots = (list: Change[]): string[] => [
    ...new Set(list.map(({ path }) => path.split(/[.[]/)[0] ?? path)),
  ];
  response.setReplacesList(roots(replaces));
  response.setDiffsList(roots(counted));
  response.setDeletebeforereplace(replaces.length > 0 && deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replaces } of counted) {
    const detail = new protocol.PropertyDiff();
    const name = `${kind.toUpperCase()}${replaces ? "_REPLACE" : ""}` as keyof typeof detailedKinds;
    detail.setKind(detailedKinds[name]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

/** A gRPC error; a resource that exists but failed carries its state in the standard details field. */
export function asServiceError(error: unknown): Partial<grpc.ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof InitializationFailed) {
    const detail = new protocol.ErrorResourceInitFailed();
    detail.setId(error.made.id);
    detail.setProperties(Struct.fromJavaScript(encode(error.made.outputs)));
    detail.setReasonsList(error.reasons);
    const packed = new Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const full = new status.Status();
    full.setCode(grpc.status.UNKNOWN);
    full.setMessage(message);
    full.addDetails(packed);
    metadata.add("grpc-status-details-bin", Buffer.from(full.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
