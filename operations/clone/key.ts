import { UserError } from "../../user-error.ts";
import type { Progress } from "../progress.ts";
import { askDigitalOcean, listDigitalOcean } from "../vendor.ts";
import type { Pair } from "./stacks.ts";

/** A key of Spaces that reads one bucket. */
export interface ReadingKey {
  id: string;
  secret: string;
}

const path = "/v2/spaces/keys";

/** Says whose it is, so that the next run takes away what one that was killed has left. */
const nameOf = ({ from, to }: Pair): string => `odoo-clone-${from}-to-${to}`;

/**
 * Works with a key that can read the source's bucket and nothing else, and deletes it whatever comes.
 * @throws {UserError} failed, where there is no key, or it could not be deleted
 */
export async function withReadingKey<T>(
  pair: Pair,
  bucket: string,
  progress: Progress,
  work: (key: ReadingKey) => Promise<T>,
): Promise<T> {
  await removeLeft(pair);
  const key = await create(pair, bucket);
  let result: T;
  try {
    result = await work(key);
  } catch (error) {
    await remove(key.id).catch((left: unknown) => progress.note(String(left)));
    throw error;
  }
  await remove(key.id);
  return result;
}

async function create(pair: Pair, bucket: string): Promise<ReadingKey> {
  const wanted = { name: nameOf(pair), grants: [{ bucket, permission: "read" }] };
  const { status, body } = await askDigitalOcean(path, process.env, "POST", wanted);
  const { key } = body as { key?: { access_key?: string; secret_key?: string } };
  if (status === 201 && key?.access_key && key.secret_key)
    return { id: key.access_key, secret: key.secret_key };
  const said = [status, body["message"]].filter(Boolean).join(" ");
  throw new UserError("failed", `${pair.from}: no key was made that reads its backups (${said})`, {
    hint: "The token needs spaces_key: create_credentials, read, delete.",
  });
}

async function remove(id: string): Promise<void> {
  const { status } = await askDigitalOcean(`${path}/${id}`, process.env, "DELETE");
  if (status === 204 || status === 404) return;
  throw new UserError(
    "failed",
    `the key ${id}, which reads the source's backups, was not deleted (${status})`,
    {
      hint: "Delete it at https://cloud.digitalocean.com/spaces/access_keys.",
    },
  );
}

async function removeLeft(pair: Pair): Promise<void> {
  const keys = await listDigitalOcean(path, "keys");
  for (const { name, access_key: id } of keys)
    if (name === nameOf(pair) && typeof id === "string") await remove(id);
}
