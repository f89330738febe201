import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { StateResource } from "../state.ts";
import { type Fact, parseFacts } from "./facts.ts";

/** A file that a concern has put: what is in it as SHA-256, its mode and owner, as the probe writes them. */
export interface DeclaredFile {
  path: string;
  value: string;
  /** The concern's name, such as "nginx". */
  concern: string;
}

/** What a stack's state says that its machine is to be. */
export interface Declared {
  /** Files by what was sent, not by what was found: nothing that was changed by hand gets into it. */
  files: DeclaredFile[];
  /** When the inventory was taken. */
  inventoryAt: string;
  facts: Fact[];
  /** The very probe that took it: another one might tell the same thing otherwise. */
  probe: string;
  /** URN of each concern's command, by the concern's name. */
  commands: ReadonlyMap<string, string>;
}

const probePath = "/usr/local/lib/odoo-platform/drift-probe";

/** @returns undefined for a stack whose last update took no inventory */
export function readDeclared(resources: readonly StateResource[]): Declared | undefined {
  const commands = resources.filter(({ type }) => type === "command:remote:Command");
  const scripts = commands.map((one) => ({ urn: one.urn, text: textOf(one.inputs?.["stdin"]) }));
  const files = scripts.flatMap(({ text }) => filesOf(text));
  const inventory = commands.find(({ urn }) => urn.endsWith("-inventory"));
  const [inventoryAt = "", packed = ""] = textOf(inventory?.outputs?.["stdout"]).trim().split(" ");
  const probe = files.find(({ path }) => path === probePath)?.text;
  // A machine that is a row answers with its host key.
  if (packed === "" || probe === undefined || Number.isNaN(Date.parse(inventoryAt))) return undefined;
  const facts = parseFacts(gunzipSync(Buffer.from(packed, "base64")).toString("utf8"));
  return {
    files: files
      .map(({ text, mode, owner, ...file }) => ({ ...file, value: `${digest(text)} ${mode} ${owner}` }))
      .flatMap(inSlot),
    inventoryAt: new Date(inventoryAt).toISOString(),
    facts,
    probe,
    commands: new Map(scripts.map(({ urn, text }) => [concernOf(text), urn])),
  };
}

/**
 * Odoo's files are sent as a candidate, which a release that failed leaves behind; what counts is the copy in the slot that
 * serves. Its .env has the slot's ports too: that one is held against the inventory.
 */
function inSlot(file: DeclaredFile): DeclaredFile[] {
  if (file.concern !== "odoo") return [file];
  const [, folder, name] = /^\/etc\/odoo-platform\/((?:secrets\/)?odoo)\/([^/]+)$/.exec(file.path) ?? [];
  if (folder === undefined || name === "admin-password") return [file];
  if (name === ".env") return [];
  const slot = folder === "odoo" ? "slots/serving" : "secrets/odoo-serving";
  return [{ ...file, path: `/etc/odoo-platform/${slot}/${name}` }];
}

/** Files of the candidate: whether it came to serve is what counts. */
export const isCandidate = (path: string): boolean =>
  /^\/etc\/odoo-platform\/(?:secrets\/)?odoo\/(?!admin-password$)/.test(path);

/** Whether the stack has a machine that answers: a row of a sandbox without machines runs nothing. */
export const hasInventory = (resources: readonly StateResource[]): boolean =>
  resources.some(({ type, urn }) => type === "command:remote:Command" && urn.endsWith("-inventory"));

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const concernOf = (script: string): string => /^begin '([^']*)'$/m.exec(script)?.[1] ?? "";

/** The files that a script puts, as components/host-command.ts writes them. */
function filesOf(script: string) {
  const concern = concernOf(script);
  const files: { path: string; text: string; mode: string; owner: string; concern: string }[] = [];
  const lines = script.split("\n");
  // What stands before has a `put` of its own: the preamble's.
  let at = lines.indexOf(`begin '${concern}'`);
  for (; at >= 0 && at < lines.length && lines[at] !== "prune"; at += 1) {
    const [, path, mode, owner, exact, end] =
      /^put '(.+)' '(\d+)' '([^']+)'( exact)? (?:<<'(\w+)'|<\/dev\/null)$/.exec(lines[at] ?? "") ?? [];
    if (path === undefined || mode === undefined || owner === undefined) continue;
    const stop = end === undefined ? at : lines.indexOf(end, at + 1);
    const body = lines.slice(at + 1, stop === at ? at + 1 : stop).join("\n");
    const text = stop === at ? "" : exact ? body : `${body}\n`;
    files.push({ path, text, mode, owner, concern });
    at = stop;
  }
  return files;
}
