import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { machineFault, SetupError, Unavailable } from "./errors.mjs";
import { modules, root } from "./folders.mjs";
import { lastLines, onPath, run } from "./run.mjs";
import { removeStamp } from "./stamp.mjs";

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} Package */

// Engines: npm may be the machine's, on a Node 20 that some packages are too new for; they run on the project's Node.
const npmFlags = ["--include=dev", "--prefer-offline", "--engine-strict=false"];

/**
 * Installs the packages of the lock file unless they are there already.
 * @param {import("./progress.mjs").Doing} doing
 */
export async function installPackages(doing) {
  const wanted = packagesIn(join(root, "package-lock.json"));
  const installed = packagesIn(join(modules, ".package-lock.json"));
  const count = `${Object.keys(wanted).length} packages`;
  if (holds(installed, wanted)) return `${count}, there already`;

  removeStamp(root);
  doing(`${count} from package-lock.json`);
  const { command, args } = npm();
  const { ok, output } = await run(command, [...args, "ci", ...npmFlags], {
    cwd: root,
    seconds: 1800,
  });
  if (!ok) throw npmFault(output);
  return `${count} from package-lock.json`;
}

/**
 * @param {string} lockFile package-lock.json, or the copy of it that npm writes last into a finished node_modules
 * @returns {Record<string, Package>} by path; none when the file is not there
 */
function packagesIn(lockFile) {
  let text;
  try {
    text = readFileSync(lockFile, "utf8");
  } catch {
    return {};
  }
  const { "": _self, ...packages } = JSON.parse(text).packages;
  return packages;
}

/**
 * Whether an installed tree is the locked one. Optional packages of other machines may be missing.
 * @param {Record<string, Package>} installed
 * @param {Record<string, Package>} wanted
 */
export function holds(installed, wanted) {
  return (
    Object.keys(installed).every((path) => path in wanted) &&
    Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
      const there = installed[path];
      if (there === undefined) return optional === true;
      return there.version === version && there.integrity === integrity;
    })
  );
}

/** The npm that started us, else the one on PATH. */
function npm() {
  const starter = process.env.npm_execpath;
  if (starter !== undefined && basename(starter) === "npm-cli.js") {
    return { command: process.execPath, args: [starter] };
  }
  const found = onPath("npm");
  if (found === undefined) {
    throw new SetupError(
      "npm is not on PATH; it comes with Node.js: install Node 20 or later from https://nodejs.org",
    );
  }
  return { command: found, args: [] };
}

/** @param {string} output */
function npmFault(output) {
  const offline = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/.exec(output);
  if (offline) {
    return new SetupError(
      `the npm registry cannot be reached (${offline[0]}); connect this machine, or point npm at a mirror with ` +
        '"npm config set registry URL", and start again',
    );
  }
  return (
    machineFault(output, /^npm error path (.+)$/m.exec(output)?.[1] ?? root) ??
    new SetupError(`npm ci failed; its last lines, and then start again:\n${lastLines(output)}`)
  );
}

/** The oldest Node that runs the program: the first line of releases whose type stripping is stable. */
const oldestNode = 24;

/** @type {import("./ways.mjs").Way[]} */
const nodeWays = [
  { how: "npm package node", get: () => checkedNode(join(modules, "node", "bin", "node")) },
  {
    how: "npm package node, its install script run by set-up",
    // Where npm is told to run no install scripts ("ignore-scripts", or a newer npm without "allowScripts").
    get: async (doing) => {
      doing("running the install script of the npm package node");
      const { ok, output } = await run(process.execPath, ["installArchSpecificPackage.js"], {
        cwd: join(modules, "node"),
        seconds: 600,
      });
      if (!ok) {
        throw (
          machineFault(output, modules) ?? new Unavailable(`the npm package node: ${lastLines(output, 1)}`)
        );
      }
      return checkedNode(join(modules, "node", "bin", "node"));
    },
  },
  { how: "this machine's own", get: () => checkedNode(process.execPath) },
];

/** @type {import("./ways.mjs").Tool} */
export const node = {
  name: "node",
  what: `Node ${oldestNode}`,
  ways: nodeWays,
  wayOut: `install Node ${oldestNode} or later from https://nodejs.org, and start again`,
};

/** @param {string} file */
async function checkedNode(file) {
  const { ok, output } = await run(file, ["--version"], { seconds: 20 });
  if (!ok) throw new Unavailable(`${file} does not run (${lastLines(output, 1)})`);
  if (majorOf(output) < oldestNode) throw new Unavailable(`${file} is ${output}`);
  return file;
}

/** @param {string} version "v24.21.0" */
export function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);
}
