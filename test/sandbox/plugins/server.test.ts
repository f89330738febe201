import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { promisify } from "node:util";

import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

import type { Call, Plugin } from "../../../sandbox/plugins/protocol/plugin.ts";
import { listen, type Listening } from "../../../sandbox/plugins/protocol/server.ts";
import { toStruct } from "../../../sandbox/plugins/protocol/values.ts";

const urn = (type: string): string => `urn:pulumi:test::plugins::${type}::one`;

describe("a plugin that several engines use", () => {
  const calls: { call: Call; settings: Record<string, string> }[] = [];
  let arrived: () => void = () => {};
  const plugin: Plugin<Call> = {
    version: "1.0.0",
    connect: (settings) => (call) => {
      calls.push({ call, settings });
      arrived();
      return call;
    },
    resources: {
      "test:index:Slow": {
        inputs: {},
        create: (call) =>
          new Promise((_, reject) =>
            call.signal.addEventListener("abort", () => reject(call.signal.reason as Error)),
          ),
        read: async () => ({}),
        delete: async () => {},
      },
    },
  };
  let server: Listening;
  const engines: InstanceType<typeof services.ResourceProviderClient>[] = [];

  beforeEach(async () => {
    server = await listen(plugin);
    calls.length = 0;
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) engine.close();
    await server.close();
  });

  // Channels to one address share a connection in grpc-js; two engines do not.
  function engine(port = server.port) {
    const client = new services.ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
      { "grpc.use_local_subchannel_pool": 1 },
    );
    engines.push(client);
    return client;
  }

  const slow = (timeout = 0): messages.CreateRequest =>
    new messages.CreateRequest()
      .setUrn(urn("test:index:Slow"))
      .setProperties(toStruct({}))
      .setTimeout(timeout);

  function create(client: ReturnType<typeof engine>, request = slow()) {
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    let call: grpc.ClientUnaryCall | undefined;
    const outcome = new Promise<string>((resolve) => {
      call = client.create(request, (error) => resolve(error?.details ?? "made"));
    });
    return { outcome, arrival, call: call as grpc.ClientUnaryCall };
  }

  it("keeps each one's configuration to itself", async () => {
    const [one, other] = [engine(), engine()];
    const configure = (client: ReturnType<typeof engine>, token: string): Promise<unknown> => {
      const request = new messages.ConfigureRequest();
      request.getVariablesMap().set("test:config:token", token);
      return promisify(client.configure.bind(client) as (r: unknown, done: () => void) => void)(request);
    };
    await configure(one, "first");
    await configure(other, "second");
    for (const client of [one, other]) {
      const { arrival, call } = create(client);
      await arrival;
      call.cancel();
    }
    assert.deepEqual(
      calls.map(({ settings }) => settings["token"]),
      ["first", "second"],
    );
  });

  it("cancels what the engine that asks for it has under way, and nothing else", async () => {
    const [one, other] = [engine(), engine()];
    const first = create(one);
    await first.arrival;
    const second = create(other);
    await second.arrival;
    await promisify(one.cancel.bind(one) as (r: unknown, done: () => void) => void)(new empty.Empty());
    assert.equal(await first.outcome, "cancelled");
    assert.equal(calls[1]?.call.signal.aborted, false);
    second.call.cancel();
  });

  it("stops working for an engine that was killed", async () => {
    const sockets: Socket[] = [];
    const line = createServer((socket) => {
      const plugin = connect(server.port, "127.0.0.1");
      socket.pipe(plugin).pipe(socket);
      sockets.push(socket, plugin);
    });
    await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
    const { arrival } = create(engine((line.address() as AddressInfo).port));
    await arrival;
    const stopped = new Promise((resolve) => calls[0]?.call.signal.addEventListener("abort", resolve));
    for (const socket of sockets) socket.destroy();
    await stopped;
    assert.match(String(calls[0]?.call.signal.reason), /the engine went away/);
    await new Promise((resolve) => line.close(resolve));
  });

  it("gives up when the time that the program allows is over", async () => {
    assert.equal(await create(engine(), slow(0.05)).outcome, "timed out after 0.05 s");
  });

  it("says which resources it does not serve", async () => {
    const request = slow().setUrn(urn("test:index:Other"));
    assert.match(
      await create(engine(), request).outcome,
      /does not serve resources of type test:index:Other/,
    );
  });
});
