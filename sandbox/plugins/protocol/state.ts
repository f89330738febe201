import { DEFAULTS } from "./check.ts";
import { kept, meansTheSame } from "./diff.ts";
import type { Resource } from "./plugin.ts";
import type { Property, Shape } from "./schema.ts";
import { isEmpty, isRecord, UNKNOWN, secret, type Properties } from "./values.ts";

type Described = Pick<Resource<never>, "inputs" | "outputs" | "secretOutputs" | "volatileOutputs">;

/** The state after a create or an update: what was asked for, over what was known before. */
export function asked({ inputs: shape }: Described, inputs: Properties, before: Properties = {}): Properties {
  const state: Properties = {};
  for (const [name, value] of Object.entries(before)) {
    const property = shape[name];
    if (!property || property.computed) state[name] = value;
  }
  for (const [name, value] of Object.entries(inputs)) {
    const property = shape[name];
    if (property) state[name] = value === before[name] ? value : kept(property, value);
  }
  return state;
}

/** What a preview can say of a resource that does not exist yet. */
export function foreseen(resource: Described, inputs: Properties): Properties {
  const computed = Object.keys(resource.inputs).filter((name) => resource.inputs[name]?.computed);
  const unknown = [...computed, ...(resource.outputs ?? [])].map((name) => [name, UNKNOWN]);
  return { ...Object.fromEntries(unknown), ...asked(resource, inputs) } as Properties;
}

/** What a preview can say of a resource that will be changed. */
export function foreseenChange(resource: Described, inputs: Properties, before: Properties): Properties {
  const unknown = (resource.volatileOutputs ?? []).map((name) => [name, UNKNOWN]);
  return { ...asked(resource, inputs, before), ...Object.fromEntries(unknown) } as Properties;
}

/**
 * The inputs after a refresh: the program's own, but where the vendor now says something else. Without any, as for an
 * import, everything that a program would have to write to get this state.
 */
export function readInputs(shape: Shape, inputs: Properties, state: Properties): Properties {
  if (Object.keys(inputs).length === 0) return { ...written(shape, state), [DEFAULTS]: [] };
  const result: Properties = {};
  for (const [name, value] of Object.entries(inputs)) {
    const property = shape[name];
    if (!property || meansTheSame(property, state[name], value)) result[name] = value;
    else if (state[name] !== undefined) result[name] = state[name];
  }
  return result;
}

function written(shape: Shape, state: Properties): Properties {
  const chosen = Object.entries(state).filter(([name, value]) => {
    const property: Property | undefined = shape[name];
    if (!property) return false;
    return property.required || !(isEmpty(value) || value === property.default);
  });
  return Object.fromEntries(chosen);
}

/** Inputs or outputs with the secret ones marked. */
export function guarded({ inputs, secretOutputs = [] }: Described, properties: Properties): Properties {
  const outputs = secretOutputs.map((name) => [name, { kind: "any", secret: true }] as const);
  return guardedFields({ ...inputs, ...Object.fromEntries(outputs) }, properties);
}

function guardedFields(shape: Shape, values: Properties): Properties {
  const entries = Object.entries(values).map(([name, value]) => [name, guardedValue(shape[name], value)]);
  return Object.fromEntries(entries) as Properties;
}

function guardedValue(property: Property | undefined, value: unknown): unknown {
  if (!property || value === undefined) return value;
  if (property.secret) return secret(value);
  if (property.fields && isRecord(value)) return guardedFields(property.fields, value);
  if (property.items && Array.isArray(value))
    return value.map((item: unknown) => guardedValue(property.items, item));
  return value;
}
