import grpc from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";

import { check, type Naming } from "./check.ts";
import { Connection } from "./connection.ts";
import { deletesFirst, differences, topLevel, type Difference } from "./diff.ts";
import { failure } from "./failure.ts";
import { ignoring } from "./ignore.ts";
import * as lifecycle from "./lifecycle.ts";
import type { Plugin, Resource } from "./plugin.ts";
import { guarded } from "./state.ts";
import { fromStruct, toStruct } from "./values.ts";

type Request<T> = grpc.ServerUnaryCall<T, unknown>;

/**
 * Pulumi's ResourceProvider service (proto/pulumi/provider.proto) for one plugin.
 *
 * It takes no secrets ("acceptSecrets" stays off), as the official plugins' bridge does not: then the engine itself
 * marks every output that stands under the name of a secret input, and no secret's wrapping can get lost here.
 */
export function providerService<Client>(plugin: Plugin<Client>): {
  handlers: grpc.UntypedServiceImplementation;
  close: () => void;
} {
  // Engines share this process, but each keeps one TCP connection a provider: its address tells them apart.
  const connections = new Map<string, Connection<Client>>();
  const engines = new Map<string, string>();

  const connect = (peer: string, settings: Record<string, string>): Connection<Client> => {
    const connection = new Connection(plugin.connect(settings), engines.get(peer));
    connections.get(peer)?.close();
    connections.set(peer, connection);
    return connection;
  };
  const connectionOf = (call: Request<unknown>): Connection<Client> =>
    connections.get(call.getPeer()) ?? connect(call.getPeer(), {});

  const resourceOf = (urn: string): Resource<Client> => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const resource = plugin.resources[type];
    if (!resource) throw new Error(`the stand-in plugin does not serve resources of type ${type}`);
    return resource;
  };

  const handlers = {
    getPluginInfo: answer(() => new pluginMessages.PluginInfo().setVersion(plugin.version)),
    getSchema: answer(() => new messages.GetSchemaResponse().setSchema("{}")),
    getMapping: answer(() => new messages.GetMappingResponse()),
    getMappings: answer(() => new messages.GetMappingsResponse()),

    attach: answer((call: Request<pluginMessages.PluginAttach>) => {
      engines.set(call.getPeer(), call.request.getAddress());
      return new empty.Empty();
    }),

    cancel: answer((call: Request<unknown>) => {
      connections.get(call.getPeer())?.cancel();
      return new empty.Empty();
    }),

    checkConfig: answer((call: Request<messages.CheckRequest>) =>
      new messages.CheckResponse().setInputs(call.request.getNews()),
    ),

    diffConfig: answer(() =>
      new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_UNKNOWN),
    ),

    configure: answer((call: Request<messages.ConfigureRequest>) => {
      const settings = call.request.getVariablesMap().toObject(true);
      connect(
        call.getPeer(),
        Object.fromEntries(settings.map(([key, value]) => [key.split(":").at(-1), value])),
      );
      return new messages.ConfigureResponse()
        .setSupportspreview(true)
        .setSupportsAutonamingConfiguration(true);
    }),

    invoke: answer(async (call: Request<messages.InvokeRequest>) => {
      const token = call.request.getTok();
      const invoke = plugin.functions?.[token];
      if (!invoke) throw new Error(`the stand-in plugin does not serve the function ${token}`);
      const result = await connectionOf(call).during(call, "", 0, (client) =>
        invoke(client, fromStruct(call.request.getArgs())),
      );
      return new messages.InvokeResponse().setReturn(toStruct(result));
    }),

    check: answer(({ request }: Request<messages.CheckRequest>) => {
      const resource = resourceOf(request.getUrn());
      const news = fromStruct(request.getNews());
      const { inputs, failures } = check(
        resource.inputs,
        news,
        fromStruct(request.getOlds()),
        naming(request),
      );
      const all = [...failures, ...(failures.length === 0 ? (resource.validate?.(inputs) ?? []) : [])];
      return new messages.CheckResponse()
        .setInputs(toStruct(guarded(resource, inputs)))
        .setFailuresList(
          all.map(({ property, reason }) =>
            new messages.CheckFailure().setProperty(property).setReason(reason),
          ),
        );
    }),

    diff: answer(({ request }: Request<messages.DiffRequest>) => {
      const resource = resourceOf(request.getUrn());
      const state = fromStruct(request.getOlds());
      const inputs = ignoring(request.getIgnorechangesList(), state, fromStruct(request.getNews()));
      const found = differences(resource.inputs, state, inputs);
      const refused = found.length > 0 ? resource.refuses?.(state, inputs) : undefined;
      if (refused !== undefined) throw new Error(refused);
      const replaces = found.some((difference) => difference.replaces);
      return diffResponse(found, replaces && deletesFirst(resource.inputs, inputs));
    }),

    create: answer(async (call: Request<messages.CreateRequest>) => {
      const { request } = call;
      const resource = resourceOf(request.getUrn());
      const inputs = fromStruct(request.getProperties());
      const made = await connectionOf(call).during(call, request.getUrn(), request.getTimeout(), (client) =>
        lifecycle.create(resource, client, inputs, request.getPreview()),
      );
      return new messages.CreateResponse()
        .setId(made.id)
        .setProperties(toStruct(guarded(resource, made.state)));
    }),

    read: answer(async (call: Request<messages.ReadRequest>) => {
      const { request } = call;
      const resource = resourceOf(request.getUrn());
      const existing = { id: request.getId(), state: fromStruct(request.getProperties()) };
      const found = await connectionOf(call).during(call, request.getUrn(), request.getTimeout(), (client) =>
        lifecycle.read(resource, client, existing, fromStruct(request.getInputs())),
      );
      if (!found) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(found.id)
        .setProperties(toStruct(guarded(resource, found.state)))
        .setInputs(toStruct(guarded(resource, found.inputs)));
    }),

    update: answer(async (call: Request<messages.UpdateRequest>) => {
      const { request } = call;
      const resource = resourceOf(request.getUrn());
      const state = await connectionOf(call).during(call, request.getUrn(), request.getTimeout(), (client) =>
        lifecycle.update(resource, client, {
          id: request.getId(),
          state: fromStruct(request.getOlds()),
          inputs: fromStruct(request.getNews()),
          ignoreChanges: request.getIgnorechangesList(),
          preview: request.getPreview(),
        }),
      );
      return new messages.UpdateResponse().setProperties(toStruct(guarded(resource, state)));
    }),

    delete: answer(async (call: Request<messages.DeleteRequest>) => {
      const { request } = call;
      const resource = resourceOf(request.getUrn());
      await connectionOf(call).during(call, request.getUrn(), request.getTimeout(), (client) =>
        resource.delete(client, request.getId(), fromStruct(request.getProperties())),
      );
      return new empty.Empty();
    }),
  };
  const close = (): void => {
    for (const connection of connections.values()) connection.close();
  };
  return { handlers, close };
}

function naming(request: messages.CheckRequest): Naming {
  const resource = request.getUrn().split("::").slice(3).join("::");
  const seed = request.getRandomseed_asU8();
  const options = request.getAutonaming();
  if (!options) return { resource, seed };
  const modes = ["propose", "enforce", "disable"] as const;
  return { resource, seed, rule: { mode: modes[options.getMode()], proposed: options.getProposedName() } };
}

function diffResponse(found: Difference[], deletesFirst: boolean): messages.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  const replaces = found.filter((difference) => difference.replaces);
  const response = new messages.DiffResponse()
    .setChanges(found.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(unique(found))
    .setReplacesList(unique(replaces))
    .setDeletebeforereplace(deletesFirst)
    .setHasdetaileddiff(true);
  for (const { path, kind, replaces } of found) {
    const name =
      `${kind.toUpperCase()}${replaces ? "_REPLACE" : ""}` as keyof typeof messages.PropertyDiff.Kind;
    response
      .getDetaileddiffMap()
      .set(path, new messages.PropertyDiff().setKind(messages.PropertyDiff.Kind[name]));
  }
  return response;
}

const unique = (found: Difference[]): string[] =>
  [...new Set(found.map(({ path }) => topLevel(path)))].sort();

/** A handler from a function: what it returns is the answer, what it throws the failure. */
function answer<Q, A>(work: (call: Request<Q>) => A | Promise<A>): grpc.handleUnaryCall<Q, A> {
  return (call, callback) => {
    const run = async (): Promise<void> => {
      let response: A;
      try {
        response = await work(call);
      } catch (error) {
        return callback(failure(error));
      }
      callback(null, response);
    };
    void run();
  };
}
