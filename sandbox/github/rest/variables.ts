import { z } from "zod";
import type { Call } from "../call.ts";
import { scopedKey } from "../new-repository.ts";
import { noContent, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import type { Scope, Variable } from "../rows/actions.ts";
import { allowedName, inEnvironment, inRepository, isIn, type Place } from "./scopes.ts";

/** Actions variables: what workflows read and everybody may see. */
export const variables: Operations = { ...variablesIn(inRepository), ...variablesIn(inEnvironment) };

function variablesIn({ noun, path, permission, scope }: Place): Operations {
  const read = `${permission ?? "variables"}=read` as const;
  const write = `${permission ?? "variables"}=write` as const;
  return {
    [`actions/list-${noun}-variables`]: {
      route: `GET ${path}/variables`,
      needs: read,
      answer(call) {
        const rows = call.hub.tables.variables.list(isIn(scope(call)));
        return call.page(rows, view, (page) => ({ total_count: rows.length, variables: page }));
      },
    },

    [`actions/create-${noun}-variable`]: {
      route: `POST ${path}/variables`,
      needs: write,
      async answer(call) {
        const { hub } = call;
        const place = scope(call);
        const body = await call.body(z.object({ name: z.string(), value: z.string() }));
        const row = { ...place, name: allowedName("Variable", body.name), value: body.value };
        demandFree(call, row);
        const now = hub.now();
        hub.tables.variables.put(scopedKey(row), { ...row, created_at: now, updated_at: now });
        return { status: 201, body: {} };
      },
    },

    [`actions/get-${noun}-variable`]: {
      route: `GET ${path}/variables/{name}`,
      needs: read,
      answer: (call) => ok(view(variableOf(call, scope(call)))),
    },

    [`actions/update-${noun}-variable`]: {
      route: `PATCH ${path}/variables/{name}`,
      needs: write,
      async answer(call) {
        const { hub } = call;
        const row = variableOf(call, scope(call));
        const schema = z.object({ name: optional(z.string()), value: optional(z.string()) });
        const body = await call.body(schema);
        const name = allowedName("Variable", body.name ?? row.name);
        const changed = { ...row, name, value: body.value ?? row.value, updated_at: hub.now() };
        if (name !== row.name) demandFree(call, changed);
        hub.tables.variables.delete(scopedKey(row));
        hub.tables.variables.put(scopedKey(changed), changed);
        return noContent;
      },
    },

    [`actions/delete-${noun}-variable`]: {
      route: `DELETE ${path}/variables/{name}`,
      needs: write,
      answer(call) {
        call.hub.tables.variables.delete(scopedKey(variableOf(call, scope(call))));
        return noContent;
      },
    },
  };
}

function variableOf(call: Call, place: Scope): Variable {
  const row = call.hub.tables.variables.get(scopedKey({ ...place, name: call.param("name") }));
  if (!row) throw new Refusal("not-found");
  return row;
}

function demandFree(call: Call, row: Scope & { name: string }): void {
  if (call.hub.tables.variables.get(scopedKey(row)))
    throw new Refusal("conflict", { message: "Already exists - Variable already exists" });
}

const view = ({ name, value, created_at, updated_at }: Variable) => ({ name, value, created_at, updated_at });
