#!/usr/bin/env node
// Brings everything that the project needs and this machine lacks, and links it into node_modules/.bin:
//   node tools/setup.mjs                     what `npm start` and `npm test` need
//   node tools/setup.mjs --check             and what bin/check needs
//   node tools/setup.mjs --language-plugin   and what plain `pulumi preview` needs; prints the folder to put on PATH
// Plain JavaScript without a dependency, because it runs before there is anything: on the Node that the machine has.

const oldest = 20;
const began = performance.now();
if (Number(process.versions.node.split(".")[0]) < oldest) {
  console.error(
    `set-up: this is Node ${process.version}; install Node ${oldest} or later from https://nodejs.org`,
  );
  process.exit(1);
}

const { root } = await import("./setup/folders.mjs");
const { forPerson, SetupError } = await import("./setup/errors.mjs");
const { duration } = await import("./setup/progress.mjs");
const { inputsHash, isReady } = await import("./setup/stamp.mjs");

const flags = new Set(process.argv.slice(2));
const languagePlugin = ".language-plugin/pulumi-language-nodejs";
const wanted = [
  ".bin/node",
  ".bin/platform",
  ".bin/pulumi",
  ".policy-analyzer",
  ".bin/versitygw",
  ".bin/act",
];
if (flags.has("--check")) wanted.push(".bin/actionlint", ".bin/shellcheck");
if (flags.has("--language-plugin")) wanted.push(languagePlugin);

try {
  const unknown = [...flags].find((flag) => flag !== "--check" && flag !== "--language-plugin");
  if (unknown !== undefined) throw new SetupError(`${unknown}: there is --check and --language-plugin`);
  const inputs = inputsHash(root);
  if (!isReady(root, inputs, wanted)) {
    const { setUp } = await import("./setup/steps.mjs");
    await setUp(inputs, wanted);
  }
  process.stderr.write(`set-up: ready in ${duration(performance.now() - began)}\n`);
  if (flags.has("--language-plugin")) console.log(`${root}/node_modules/.language-plugin`);
} catch (error) {
  const message = forPerson(error);
  if (message === undefined) throw error;
  console.error(`set-up: ${message}`);
  process.exitCode = 1;
}
