import { z } from "zod";
import type { Call } from "../call.ts";
import { scopedKey } from "../new-repository.ts";
import { noContent, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import type { KeyPair, Scope, Secret } from "../rows/actions.ts";
import { newKeyPair, openSealedBox } from "../sealed-box.ts";
import { allowedName, inEnvironment, inRepository, isIn, type Place } from "./scopes.ts";

/** GitHub's limit for one value, in bytes (https://docs.github.com/actions/reference/secrets-reference). */
const largest = 48 * 1024;

const sealed = z.object({ encrypted_value: z.string(), key_id: z.string() });

/**
 * Actions secrets. A value comes in as a sealed box, is kept opened for whoever runs workflows, and never goes out.
 * (The official plugin reaches those of an environment by the repository's number.)
 */
export const secrets: Operations = { ...secretsIn(inRepository), ...secretsIn(inEnvironment) };

function secretsIn({ noun, path, permission, scope }: Place): Operations {
  const read = `${permission ?? "secrets"}=read` as const;
  const write = `${permission ?? "secrets"}=write` as const;
  return {
    [`actions/list-${noun}-secrets`]: {
      route: `GET ${path}/secrets`,
      needs: read,
      answer(call) {
        const rows = call.hub.tables.secrets.list(isIn(scope(call)));
        return call.page(rows, view, (page) => ({ total_count: rows.length, secrets: page }));
      },
    },

    [`actions/get-${noun}-public-key`]: {
      route: `GET ${path}/secrets/public-key`,
      needs: read,
      async answer(call) {
        const { key_id, publicKey } = await keyPair(call, scope(call));
        return ok({ key_id, key: publicKey });
      },
    },

    [`actions/get-${noun}-secret`]: {
      route: `GET ${path}/secrets/{secret_name}`,
      needs: read,
      answer: (call) => ok(view(secretOf(call, scope(call)))),
    },

    [`actions/create-or-update-${noun}-secret`]: {
      route: `PUT ${path}/secrets/{secret_name}`,
      needs: write,
      async answer(call) {
        const { hub } = call;
        const place = scope(call);
        const name = allowedName("Secret", call.param("secret_name"));
        const body = await call.body(sealed);
        const pair = await keyPair(call, place);
        const value =
          body.key_id === pair.key_id ? await openSealedBox(body.encrypted_value, pair) : undefined;
        if (value === undefined)
          throw new Refusal("validation-failed", { message: "improperly encrypted secret" });
        if (Buffer.byteLength(value) > largest)
          throw new Refusal("validation-failed", { message: "Secret value is too large" });
        const key = scopedKey({ ...place, name });
        const known = hub.tables.secrets.get(key);
        const now = hub.now();
        const row = { ...place, name, value, created_at: known?.created_at ?? now, updated_at: now };
        hub.tables.secrets.put(key, row);
        return known ? noContent : { status: 201, body: {} };
      },
    },

    [`actions/delete-${noun}-secret`]: {
      route: `DELETE ${path}/secrets/{secret_name}`,
      needs: write,
      answer(call) {
        const row = secretOf(call, scope(call));
        call.hub.tables.secrets.delete(scopedKey(row));
        return noContent;
      },
    },
  };
}

async function keyPair(call: Call, place: Scope): Promise<KeyPair> {
  const { keyPairs } = call.hub.tables;
  const known = keyPairs.get(scopedKey(place));
  if (known) return known;
  const made = await newKeyPair();
  // Two first requests at once: the one that wrote while this one waited wins.
  return keyPairs.get(scopedKey(place)) ?? keyPairs.put(scopedKey(place), { ...place, ...made });
}

function secretOf(call: Call, place: Scope): Secret {
  const row = call.hub.tables.secrets.get(scopedKey({ ...place, name: call.param("secret_name") }));
  if (!row) throw new Refusal("not-found");
  return row;
}

const view = ({ name, created_at, updated_at }: Secret) => ({ name, created_at, updated_at });
