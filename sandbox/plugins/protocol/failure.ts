import grpc from "@grpc/grpc-js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";

import { NotReady } from "./lifecycle.ts";
import { toStruct } from "./values.ts";

/**
 * An error as gRPC carries it. One of a resource that exists all the same has its id and state with it, in the header
 * that Go's gRPC keeps structured errors in.
 */
export function failure(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof NotReady) {
    const detail = new messages.ErrorResourceInitFailed()
      .setId(error.id)
      .setProperties(toStruct(error.state))
      .setReasonsList([message]);
    const details = new any.Any();
    details.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const carrier = new status.Status().setCode(grpc.status.UNKNOWN).setMessage(message);
    carrier.addDetails(details);
    metadata.set("grpc-status-details-bin", Buffer.from(carrier.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
