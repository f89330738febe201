import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";

import type { Call, Resource } from "../protocol/plugin.ts";
import { any, list, text, type Shape } from "../protocol/schema.ts";
import { isArchive, isAsset, isRecord, isUnknown, type Properties } from "../protocol/values.ts";
import { connected, connection } from "./connection.ts";
import { RemoteFiles } from "./remote-files.ts";
import { uniqueId } from "./script.ts";

const sameContent = (old: unknown, now: unknown): boolean =>
  isRecord(old) && isRecord(now) && old["hash"] !== undefined && old["hash"] === now["hash"];

const inputs: Shape = {
  connection,
  source: any({ required: true, same: sameContent }),
  remotePath: text({ required: true }),
  triggers: list(any(), { replaces: true }),
};

/** A file or folder copied to a machine by SFTP. Deleting it leaves the copy where it is. */
export const copyToRemote: Resource<Call> = {
  inputs,
  validate: ({ source }) =>
    isUnknown(source) || isAsset(source) || isArchive(source)
      ? []
      : [{ property: "source", reason: "either asset or archive must be set" }],
  create: async (call, wanted) => {
    await copy(call, wanted);
    return { id: uniqueId("") };
  },
  read: async () => ({}),
  update: async (call, { inputs, changed }) => {
    if (changed.has("source") || changed.has("remotePath")) await copy(call, inputs);
  },
  delete: async () => {},
};

async function copy(call: Call, { connection, source, remotePath }: Properties): Promise<void> {
  await connected(call, connection, async (client) => {
    const remote = await RemoteFiles.over(client);
    const target = String(remotePath);
    const { text, path, assets } = source as Source;
    if (text !== undefined) await copyText(remote, text, target);
    else if (path !== undefined) await copyPath(remote, path, target);
    else if (assets !== undefined) await copyAll(remote, assets, target);
    else throw new Error("sources that are URLs are not served by the stand-in plugin");
  });
}

async function copyText(remote: RemoteFiles, text: string, target: string): Promise<void> {
  if ((await remote.kind(target)) === "directory")
    throw new Error(
      `remote path ${target} is a directory; when using a text asset, remotePath must be a file path`,
    );
  await remote.write(target, Buffer.from(text));
}

/**
 * Like `cp -r`: into a folder that is there already goes a folder or file of the source's name; a folder that ends in a
 * slash stands for what is in it.
 */
async function copyPath(remote: RemoteFiles, path: string, target: string): Promise<void> {
  const kind = await remote.kind(target);
  if (!(await stat(path)).isDirectory()) {
    const file = kind === "directory" ? `${target}/${basename(path)}` : target;
    return await remote.write(file, await readFile(path));
  }
  if (kind === "file") throw new Error(`remote path ${target} exists but is not a directory`);
  await copyFolder(remote, path, path.endsWith("/") ? target : `${target}/${basename(path)}`);
}

async function copyFolder(remote: RemoteFiles, folder: string, target: string): Promise<void> {
  await remote.makeDirectory(target);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await copyFolder(remote, path, `${target}/${entry.name}`);
    else await remote.write(`${target}/${entry.name}`, await readFile(path));
  }
}

/** An archive made of named assets and archives. */
async function copyAll(remote: RemoteFiles, assets: Record<string, Source>, target: string): Promise<void> {
  await remote.makeDirectory(target);
  for (const [name, { text, path, assets: inner }] of Object.entries(assets)) {
    const at = `${target}/${name}`;
    if (text !== undefined) await remote.write(at, Buffer.from(text));
    else if (inner !== undefined) await copyAll(remote, inner, at);
    else if (path === undefined)
      throw new Error("sources that are URLs are not served by the stand-in plugin");
    else if ((await stat(path)).isDirectory()) await copyFolder(remote, path, at);
    else await remote.write(at, await readFile(path));
  }
}

/** An asset or archive as the engine sends it: one of these is set. */
interface Source {
  readonly text?: string;
  readonly path?: string;
  readonly assets?: Record<string, Source>;
}
