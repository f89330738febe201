import { join } from "node:path";
import { besideCli } from "./beside-cli.mjs";
import { pulumiHome } from "./folders.mjs";
import { goTool } from "./go.mjs";
import { copyIntoPlace } from "./place.mjs";

const name = "pulumi-analyzer-policy-nodejs";

/**
 * What starts the policy packs. The official bundle's language plugin does; for a CLI without one the engine looks for
 * this analyzer on PATH, where it warns of it at each use, and then among the plugins, where it does not.
 * @type {import("./ways.mjs").Tool}
 */
export const policyAnalyzer = {
  name: "policy packs",
  what: "what starts the policy packs",
  wayOut: "install the official Pulumi CLI (https://www.pulumi.com/docs/install), and start again",
  ways: [
    { how: "the CLI's own language plugin", get: async () => besideCli("pulumi-language-nodejs") },
    {
      how: "analyzer among Pulumi's plugins",
      get: async () => {
        const { folder, version } = goTool("pulumi");
        const file = join(pulumiHome(), "plugins", `analyzer-policy-nodejs-v${version}`, name);
        await copyIntoPlace(join(folder, name), file);
        return file;
      },
    },
  ],
};
