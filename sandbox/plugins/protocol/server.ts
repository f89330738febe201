import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";

import type { Plugin } from "./plugin.ts";
import { providerService } from "./service.ts";

/** A plugin that engines can attach to. */
export interface Listening {
  readonly port: number;
  /** Ends what is under way and stops listening. */
  close(): Promise<void>;
}

/**
 * Serves a plugin on 127.0.0.1. Any number of engines may be attached at once, each as with a plugin of its own.
 *
 * @param port 0 for any free one
 */
export async function listen<Client>(plugin: Plugin<Client>, port = 0): Promise<Listening> {
  // An engine sends whole stacks' worth of values; its own clients set the same limits (rpcutil.GrpcChannelOptions).
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  const service = providerService(plugin);
  server.addService(services.ResourceProviderService, service.handlers);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port: bound,
    close: async () => {
      service.close();
      server.forceShutdown();
    },
  };
}
