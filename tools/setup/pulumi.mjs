import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { machineFault, Unavailable } from "./errors.mjs";
import { reach } from "./download.mjs";
import { modules, pulumiHome, root } from "./folders.mjs";
import { goBuild, goTool } from "./go.mjs";
import { isExecutable, lastLines, onPath, run } from "./run.mjs";

/** Pinned once, in package.json; tools/go/pulumi builds the same version (a test compares them). */
const pinned = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies.pulumi;

const installed = join(pulumiHome(), "versions", pinned, "bin", "pulumi");

/** @type {import("./ways.mjs").Way[]} */
const ways = [
  {
    how: "on PATH",
    get: async () => {
      const found = onPath("pulumi");
      if (found === undefined) throw new Unavailable("there is none on PATH");
      const version = await versionOf(found);
      if (!isNewEnough(version, pinned)) throw new Unavailable(`the one on PATH is ${version}`);
      return found;
    },
  },
  {
    how: "installed before",
    get: async () => {
      if (!isExecutable(installed)) throw new Unavailable(`none is in ${dirname(installed)}`);
      await versionOf(installed);
      return installed;
    },
  },
  {
    how: "official download",
    get: async (doing) => {
      await reach("https://get.pulumi.com/install.sh");
      doing(`downloading ${pinned} with the npm package pulumi`);
      const { ok, output } = await run(process.execPath, [join(modules, "pulumi", "run.js"), "version"], {
        env: { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_VERSION: pinned },
        seconds: 900,
      });
      if (!ok) {
        throw (
          machineFault(output, dirname(installed)) ??
          new Unavailable(`the npm package pulumi could not download it (${lastLines(output, 1)})`)
        );
      }
      return installed;
    },
  },
  {
    how: "built from Go modules",
    get: async (doing) => {
      // Without a version the Automation API refuses the CLI.
      const define = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${goTool("pulumi").version}`;
      await goBuild("pulumi", installed, { expect: "about 5 minutes on 2 cores", define }, doing);
      await versionOf(installed);
      return installed;
    },
  },
];

/** @type {import("./ways.mjs").Tool} */
export const pulumi = {
  name: "pulumi",
  what: `the Pulumi CLI ${pinned}`,
  ways,
  wayOut:
    "connect this machine to https://get.pulumi.com, or put a Pulumi CLI of at least this version on PATH " +
    "(https://www.pulumi.com/docs/install), or install Go (https://go.dev/dl), and start again",
};

/** @param {string} pulumi */
async function versionOf(pulumi) {
  const { ok, output } = await run(pulumi, ["version"], {
    env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
    seconds: 60,
  });
  if (!ok) throw new Unavailable(`${pulumi} does not run (${lastLines(output, 1)})`);
  return lastLines(output, 1).replace(/^v/, "");
}

/**
 * Whether a CLI's major and minor are at least the pinned ones. An unreadable version ("dev") is not.
 * @param {string} version
 * @param {string} pin
 */
export function isNewEnough(version, pin) {
  const [major = 0, minor = 0] = numbers(version);
  const [pinMajor = 0, pinMinor = 0] = numbers(pin);
  return major > pinMajor || (major === pinMajor && minor >= pinMinor);
}

/** @param {string} version */
function numbers(version) {
  return /^v?(\d+)\.(\d+)\./.exec(version)?.slice(1).map(Number) ?? [];
}
