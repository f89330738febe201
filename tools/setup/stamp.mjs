import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/**
 * What the last finished set-up left in node_modules, so that the next one has nothing to do. It goes when
 * node_modules goes, and with it all that it vouches for.
 * @typedef {object} Stamp
 * @property {string} inputs a hash of every file that decides what set-up does
 * @property {Record<string, string>} links each link that it made, relative to node_modules, and what it points at
 */

/** @param {string} root */
const stampFile = (root) => join(root, "node_modules", ".setup.json");

/**
 * A hash of the lock file and of everything under tools/ that set-up reads.
 * @param {string} root
 */
export function inputsHash(root) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const file of [
    "package-lock.json",
    ...filesUnder(root, "tools").filter((name) => !name.endsWith(".ts")),
  ]) {
    hash.update(`${file}\n`).update(fs.readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function filesUnder(root, folder) {
  return fs
    .readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesUnder(root, path) : [path];
    });
}

/**
 * Whether a finished set-up still holds: same inputs, and every link that is wanted points where it did, at something.
 * @param {string} root
 * @param {string} inputs
 * @param {readonly string[]} wanted links, relative to node_modules
 */
export function isReady(root, inputs, wanted) {
  const stamp = readStamp(root);
  if (stamp?.inputs !== inputs) return false;
  return wanted.every((name) => {
    const target = stamp.links[name];
    const link = join(root, "node_modules", name);
    return target !== undefined && fs.existsSync(link) && fs.readlinkSync(link) === target;
  });
}

/**
 * @param {string} root
 * @returns {Stamp | undefined} undefined when there is none, or half of one
 */
export function readStamp(root) {
  try {
    return JSON.parse(fs.readFileSync(stampFile(root), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {Stamp} stamp
 */
export function writeStamp(root, stamp) {
  const partial = `${stampFile(root)}.${process.pid}`;
  fs.writeFileSync(partial, `${JSON.stringify(stamp, undefined, 2)}\n`);
  fs.renameSync(partial, stampFile(root));
}

/** @param {string} root */
export function removeStamp(root) {
  fs.rmSync(stampFile(root), { force: true });
}

/**
 * Points a link in node_modules at a file, in one move: whoever runs it meanwhile gets the old one or the new one.
 * @param {string} root
 * @param {string} name relative to node_modules
 * @param {string} file absolute
 * @returns {string} what the link holds: relative within the checkout, which may be moved
 */
export function link(root, name, file) {
  const path = join(root, "node_modules", name);
  const target = file.startsWith(root + sep) ? relative(dirname(path), file) : file;
  const partial = `${path}.${process.pid}`;
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.rmSync(partial, { force: true });
  fs.symlinkSync(target, partial);
  fs.renameSync(partial, path);
  return target;
}
