import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { json } from "node:stream/consumers";
import * as yauzl from "yauzl";
import * as z from "zod";
import { UserError, messageOf } from "../../user-error.ts";

/** A backup that Odoo made, as its file tells before anything of it is unpacked. Sizes in bytes. */
export interface OdooBackup {
  path: string;
  /** The file's own name. */
  name: string;
  bytes: number;
  /** Of the dump when it is unpacked. */
  dumpBytes: number;
  /** How many files of attachments it has, and their size when they are unpacked. */
  files: number;
  filesBytes: number;
  /** "19.0"; undefined where it does not say. */
  series: string | undefined;
  /** Names of the modules that are installed in it; none where it does not say. */
  modules: string[];
}

/** manifest.json, of which a backup that was put together by hand has none. @see odoo/service/db.py, dump_db_manifest */
const manifestSchema = z.object({
  major_version: z.string(),
  modules: z.record(z.string().regex(/^\w+$/), z.unknown()),
});

/** What Python's zipfile on the machine reads: stored and deflated. */
const readable = new Set([0, 8]);
/** As host/backups/unpack.py takes them. */
const attachment = /^filestore\/(?:(?!checklist\/)[^/]+\/)?[0-9a-f]{2,3}\/[0-9a-f]{40}$/;
const howTo =
  "Odoo's database manager and Odoo.sh make a zip with dump.sql, filestore/ and manifest.json; docs/import.md tells how to make one by hand.";

/**
 * Reads what a backup has: its list of contents and its manifest, whatever its size.
 * @throws {UserError} badInput, with all that is wrong with it
 */
export async function readOdooBackup(path: string): Promise<OdooBackup> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new UserError("badInput", `--from: ${path} cannot be read (${messageOf(cause)})`, { cause });
  });
  const zip = await yauzl
    .openPromise(path, { lazyEntries: true, autoClose: false })
    .catch((cause: unknown) => {
      throw new UserError("badInput", `--from: ${path} is no zip, or not all of one (${messageOf(cause)})`, {
        hint: howTo,
        cause,
      });
    });
  try {
    const { faults, ...contents } = await contentsOf(zip).catch((cause: unknown) => {
      throw new UserError("badInput", `--from: ${path} is damaged (${messageOf(cause)})`, {
        hint: howTo,
        cause,
      });
    });
    if (faults.length > 0)
      throw new UserError("badInput", [`--from: ${path}`, ...faults.map((one) => `  ${one}`)].join("\n"), {
        hint: howTo,
      });
    return { path, name: basename(path), bytes: size, ...contents };
  } finally {
    zip.close();
  }
}

type Contents = Omit<OdooBackup, "path" | "name" | "bytes"> & { faults: string[] };

async function contentsOf(zip: yauzl.ZipFile): Promise<Contents> {
  const faults = new Set<string>();
  const contents: Omit<Contents, "faults"> = {
    dumpBytes: 0,
    files: 0,
    filesBytes: 0,
    series: undefined,
    modules: [],
  };
  let dump = false;
  for await (const entry of zip.eachEntry()) {
    const { fileName, uncompressedSize } = entry;
    if (entry.isEncrypted()) faults.add("is encrypted");
    else if (!readable.has(entry.compressionMethod))
      faults.add(`is packed by method ${entry.compressionMethod}`);
    else if (fileName === "dump.sql") [dump, contents.dumpBytes] = [true, uncompressedSize];
    else if (fileName === "manifest.json") Object.assign(contents, await manifestOf(zip, entry, faults));
    else if (attachment.test(fileName)) {
      contents.files += 1;
      contents.filesBytes += uncompressedSize;
    }
  }
  if (!dump && faults.size === 0) faults.add("has no dump.sql at its top");
  return { ...contents, faults: [...faults] };
}

async function manifestOf(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  faults: Set<string>,
): Promise<Pick<OdooBackup, "series" | "modules"> | undefined> {
  const said = await zip
    .openReadStreamPromise(entry)
    .then(json)
    .catch(() => undefined);
  const { success, data } = manifestSchema.safeParse(said);
  if (success) return { series: data.major_version, modules: Object.keys(data.modules).toSorted() };
  faults.add("has a manifest.json that is not Odoo's");
  return undefined;
}
