import grpc from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

import type { Call } from "./plugin.ts";

// Terraform's own limit where a resource names none and the program sets no `customTimeouts`.
const DEFAULT_TIMEOUT_S = 20 * 60;

/** One provider of one engine: what it was configured with, and its requests under way. */
export class Connection<Client> {
  readonly #underWay = new Set<AbortController>();
  readonly #bind: (call: Call) => Client;
  #engine: InstanceType<typeof engineServices.EngineClient> | undefined;

  constructor(bind: (call: Call) => Client, engineAddress: string | undefined) {
    this.#bind = bind;
    if (engineAddress !== undefined)
      this.#engine = new engineServices.EngineClient(engineAddress, grpc.credentials.createInsecure());
  }

  /** Does one request, which ends early when the engine cancels, goes away, or `timeoutS` has passed. */
  async during<T>(
    request: Cancellable,
    urn: string,
    timeoutS: number,
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController();
    this.#underWay.add(abort);
    const gone = (): void => abort.abort(new Error("the engine went away"));
    request.on("cancelled", gone);
    const late = setTimeout(
      () => abort.abort(new Error(`timed out after ${timeoutS || DEFAULT_TIMEOUT_S} s`)),
      (timeoutS || DEFAULT_TIMEOUT_S) * 1000,
    );
    try {
      return await work(
        this.#bind({
          urn,
          signal: abort.signal,
          status: (message) => this.#log(urn, message, engineMessages.LogSeverity.INFO, true),
          warn: (message) => this.#log(urn, message, engineMessages.LogSeverity.WARNING, false),
        }),
      );
    } finally {
      clearTimeout(late);
      this.#underWay.delete(abort);
    }
  }

  /** Ends all waiting. A write that is already on its way to the vendor is still awaited. */
  cancel(): void {
    for (const abort of this.#underWay) abort.abort(new Error("cancelled"));
  }

  close(): void {
    this.cancel();
    this.#engine?.close();
    this.#engine = undefined;
  }

  #log(urn: string, message: string, severity: engineMessages.LogSeverity, ephemeral: boolean): void {
    const request = new engineMessages.LogRequest();
    request.setUrn(urn);
    request.setMessage(message);
    request.setSeverity(severity);
    request.setEphemeral(ephemeral);
    // A line that cannot be shown must not fail the work it tells of.
    this.#engine?.log(request, () => {});
  }
}

/** A gRPC call as far as its early end goes. */
export interface Cancellable {
  on(event: "cancelled", listener: () => void): unknown;
}
