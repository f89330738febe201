import sodium, { ready } from "libsodium-wrappers";

import { unlessMissing } from "../protocol/http.ts";
import type { Failure, Resource } from "../protocol/plugin.ts";
import { bool, text, type Shape } from "../protocol/schema.ts";
import { asText, type Properties } from "../protocol/values.ts";
import { segment, type GitHub } from "./client.ts";
import { ids } from "./ids.ts";

// One of four; the last two are the older names of the first two.
const values: Shape = {
  value: text({ secret: true }),
  valueEncrypted: text({ secret: true }),
  plaintextValue: text({ secret: true }),
  encryptedValue: text({ secret: true }),
};

const common: Shape = {
  repository: text({ required: true, replaces: true }),
  secretName: text({ required: true, replaces: true }),
  keyId: text({ computed: true }),
  ...values,
};

/** A secret of a repository's workflows. https://docs.github.com/en/rest/actions/secrets */
export const actionsSecret: Resource<GitHub> = secretResource(
  { ...common, destroyOnDrift: bool({ writeOnly: true }) },
  ["repository", "secretName"],
  async (api, { repository }) => `${await api.repository(repository)}/actions/secrets`,
);

/** A secret of one environment. Its paths go by the repository's number. */
export const actionsEnvironmentSecret: Resource<GitHub> = secretResource(
  { ...common, environment: text({ required: true, replaces: true }) },
  ["repository", "environment", "secretName"],
  async (api, { environment, repository, repositoryId }) =>
    `/repositories/${asText(repositoryId ?? (await numberOf(api, repository)))}/environments/${segment(environment)}/secrets`,
);

function secretResource(
  inputs: Shape,
  identity: readonly string[],
  list: (api: GitHub, known: Properties) => Promise<string>,
): Resource<GitHub> {
  const path = async (api: GitHub, known: Properties): Promise<string> =>
    `${await list(api, known)}/${segment(known["secretName"])}`;
  return {
    inputs,
    outputs: ["createdAt", "remoteUpdatedAt", "repositoryId", "updatedAt"],
    importId: ids(...identity),
    validate: oneValue,
    create: async (api, wanted) => {
      const repositoryId = await numberOf(api, wanted["repository"]);
      const known = { ...wanted, repositoryId };
      const keyId = await putSecret(api, await list(api, known), wanted);
      return { id: ids.of(...identity.map((name) => wanted[name])), state: { repositoryId, keyId } };
    },
    // What it holds cannot be read, and that it was changed by hand is not noticed: only that it is gone.
    read: async (api, _id, state) => {
      const found = await unlessMissing(api.get<Secret>(await path(api, state)));
      if (!found) return undefined;
      const { created_at, updated_at } = found;
      return { createdAt: created_at, updatedAt: updated_at, remoteUpdatedAt: updated_at };
    },
    update: async (api, { state, inputs }) => {
      const known = { ...state, ...inputs };
      return { keyId: await putSecret(api, await list(api, known), inputs) };
    },
    delete: async (api, _id, state) => {
      await unlessMissing(api.delete(await path(api, state)));
    },
  };
}

function oneValue(inputs: Properties): Failure[] {
  const given = Object.keys(values).filter((name) => inputs[name] !== undefined);
  if (given.length !== 1)
    return [
      {
        property: "value",
        reason: `one of ${Object.keys(values).join(", ")} must be specified, got ${given.length}`,
      },
    ];
  return given[0]?.toLowerCase().includes("encrypted") &&
    inputs["keyId"] === undefined &&
    given[0] === "valueEncrypted"
    ? [{ property: "keyId", reason: "required with valueEncrypted" }]
    : [];
}

/** Encrypts the value for the repository's key, unless the program has done so. Returns the key's id. */
async function putSecret(api: GitHub, list: string, wanted: Properties): Promise<string> {
  const encrypted = (wanted["valueEncrypted"] ?? wanted["encryptedValue"]) as string | undefined;
  const key = await api.get<PublicKey>(`${list}/public-key`);
  const keyId = encrypted === undefined ? key.key_id : asText(wanted["keyId"], key.key_id);
  await api.put(`${list}/${segment(wanted["secretName"])}`, {
    key_id: keyId,
    encrypted_value: encrypted ?? (await seal(String(wanted["value"] ?? wanted["plaintextValue"]), key.key)),
  });
  return keyId;
}

/** A sealed box: https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api */
async function seal(value: string, publicKey: string): Promise<string> {
  await ready;
  const box = sodium.crypto_box_seal(Buffer.from(value), Buffer.from(publicKey, "base64"));
  return Buffer.from(box).toString("base64");
}

export async function numberOf(api: GitHub, repository: unknown): Promise<number> {
  return (await api.get<{ id: number }>(await api.repository(repository))).id;
}

interface PublicKey {
  readonly key_id: string;
  readonly key: string;
}

interface Secret {
  readonly created_at: string;
  readonly updated_at: string;
}
