import { join } from "node:path";
import { root } from "./folders.mjs";
import { languagePlugin } from "./language-plugin.mjs";
import { whileAlone } from "./lock.mjs";
import { installPackages, node } from "./packages.mjs";
import { policyAnalyzer } from "./policy-analyzer.mjs";
import { step } from "./progress.mjs";
import { pulumi } from "./pulumi.mjs";
import { isReady, link, readStamp, writeStamp } from "./stamp.mjs";
import { act, actionlint, shellcheck, versitygw } from "./tools.mjs";
import { firstOpen } from "./ways.mjs";

/** @type {import("./ways.mjs").Tool} npm links the commands of every package but one's own */
const platform = {
  name: "platform",
  what: "the command platform",
  ways: [{ how: "bin/platform", get: async () => join(root, "bin", "platform") }],
  wayOut: "",
};

/** By the link in node_modules. @type {Record<string, import("./ways.mjs").Tool>} */
const tools = {
  ".bin/node": node,
  ".bin/platform": platform,
  ".bin/pulumi": pulumi,
  ".policy-analyzer": policyAnalyzer,
  ".bin/versitygw": versitygw,
  ".bin/act": act,
  ".bin/actionlint": actionlint,
  ".bin/shellcheck": shellcheck,
  ".language-plugin/pulumi-language-nodejs": languagePlugin,
};

/**
 * Everything that is wanted, step by step; what is there already costs little. The stamp is written last, so a set-up
 * that fails or is killed begins again, at the step that it had reached.
 * @param {string} inputs the hash that the stamp will carry
 * @param {readonly string[]} wanted links in node_modules, by their path there
 */
export async function setUp(inputs, wanted) {
  const lock = join(root, ".platform", "set-up.lock");
  const onWait = (/** @type {number} */ holder) =>
    process.stderr.write(`set-up: waiting for the one that process ${holder} runs\n`);
  await whileAlone(lock, onWait, async () => {
    if (isReady(root, inputs, wanted)) return; // by the one that we waited for
    await step("packages", installPackages);
    const before = readStamp(root);
    const links = before?.inputs === inputs ? { ...before.links } : {};
    for (const name of wanted) {
      const tool = tools[name];
      if (tool === undefined) throw new Error(`${name}: nothing brings it`);
      await step(tool.name, async (doing) => {
        const { path, how } = await firstOpen(tool, doing);
        links[name] = link(root, name, path);
        return how;
      });
    }
    writeStamp(root, { inputs, links });
  });
}
