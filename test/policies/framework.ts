import { createRequire } from "node:module";
import type { Policies } from "@pulumi/policy";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

/** A resource as a program declares it. */
export interface Resource {
  type: string;
  name?: string;
  props: Record<string, unknown>;
  protect?: boolean;
  /** Properties that were made from another resource's outputs. */
  dependent?: string[];
}

/** What a rule said, and whether that stops an update. */
export interface Said {
  message: string;
  level: "advisory" | "mandatory";
}

/** Marks a value as a Pulumi secret, as it travels to a policy pack. */
export const secret = (value: unknown): unknown => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** A string that is not known in a preview, as it travels to a policy pack. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Unary = (
  call: { request: unknown },
  done: (error: unknown, response?: unknown) => void,
) => Promise<void>;
type Make = (name: string, version: string, level: string, policies: Policies) => Unary;

// The framework's own handlers, so that secrets, unknown values and levels are what an engine would see.
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun, makeRemediateRpcFun } = createRequire(import.meta.url)(
  "@pulumi/policy/server.js",
) as Record<"makeAnalyzeRpcFun" | "makeAnalyzeStackRpcFun" | "makeRemediateRpcFun", Make>;

/**
 * Shows resources to rules in the engine's order: each is remediated, then validated; at the end comes the stack.
 *
 * @returns what was said, without the rule's description before it
 */
export async function judge(policies: Policies, ...resources: Resource[]): Promise<Said[]> {
  const ask = (make: Make, request: unknown): Promise<Said[]> =>
    call(make("test", "1.0.0", "mandatory", policies), request);
  const said: Said[] = [];
  for (const resource of resources) {
    said.push(...(await ask(makeRemediateRpcFun, requestOf(resource))));
    said.push(...(await ask(makeAnalyzeRpcFun, requestOf(resource))));
  }
  const stack = new analyzer.AnalyzeStackRequest();
  stack.setResourcesList(resources.map(stackResourceOf));
  return [...said, ...(await ask(makeAnalyzeStackRpcFun, stack))];
}

/** The messages that stop an update. */
export async function violations(policies: Policies, ...resources: Resource[]): Promise<string[]> {
  const said = await judge(policies, ...resources);
  return said.filter(({ level }) => level === "mandatory").map(({ message }) => message);
}

async function call(handler: Unary, request: unknown): Promise<Said[]> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  await handler({ request }, (error, response) => (error ? reject(error) : resolve(response)));
  const response = await promise;
  if (!(response instanceof analyzer.AnalyzeResponse)) return [];
  return response.getDiagnosticsList().map((diagnostic) => ({
    message: diagnostic.getMessage().replace(`${diagnostic.getDescription()}\n`, ""),
    level:
      diagnostic.getEnforcementlevel() === analyzer.EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
  }));
}

const urnOf = ({ type, name = "it" }: Resource): string => `urn:pulumi:test::odoo::${type}::${name}`;

function requestOf(resource: Resource) {
  const request = new analyzer.AnalyzeRequest();
  fill(request, resource);
  return request;
}

function stackResourceOf(resource: Resource) {
  const one = new analyzer.AnalyzerResource();
  fill(one, resource);
  for (const property of resource.dependent ?? []) {
    const urns = new analyzer.AnalyzerPropertyDependencies();
    urns.setUrnsList([urnOf(resource)]);
    one.getPropertydependenciesMap().set(property, urns);
  }
  return one;
}

function fill(
  message: InstanceType<typeof analyzer.AnalyzeRequest> | InstanceType<typeof analyzer.AnalyzerResource>,
  resource: Resource,
): void {
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(resource.protect ?? false);
  message.setType(resource.type);
  message.setName(resource.name ?? "it");
  message.setUrn(urnOf(resource));
  message.setProperties(
    struct.Struct.fromJavaScript(resource.props as Parameters<typeof struct.Struct.fromJavaScript>[0]),
  );
  message.setOptions(options);
}
