import { join } from "node:path";
import { besideCli } from "./beside-cli.mjs";
import { cacheDir } from "./folders.mjs";
import { goBuild, goTool } from "./go.mjs";
import { Unavailable } from "./errors.mjs";
import { isExecutable } from "./run.mjs";

const name = "pulumi-language-nodejs";
const { version } = goTool(name);
const built = join(cacheDir(), name, version, name);

/**
 * What plain `pulumi preview` and `up` need beside the CLI; `platform` needs it for nothing. The newest that is a Go
 * module is an old one, which cannot start policy packs ("could not read plugin [policy]: not supported"), and an engine
 * that finds it asks nobody else: so it lies in a folder of its own, for PATH when no pack is asked for.
 * @type {import("./ways.mjs").Tool}
 */
export const languagePlugin = {
  name: "language plugin",
  what: "a nodejs language plugin",
  wayOut:
    "install Go (https://go.dev/dl), or the official Pulumi CLI (https://www.pulumi.com/docs/install), and start again",
  ways: [
    {
      how: "the CLI's own",
      get: async () => besideCli(name),
    },
    {
      how: `${version} (starts no policy packs), installed before`,
      get: async () => {
        if (!isExecutable(built)) throw new Unavailable("none is installed yet");
        return built;
      },
    },
    {
      how: `${version} (starts no policy packs), built from Go modules`,
      get: (doing) => goBuild(name, built, { expect: "about half a minute on 2 cores" }, doing),
    },
  ],
};
