// Starts a policy pack as @pulumi/pulumi/cmd/run-policy-pack does, without what no pack needs, because three packs start
// with every preview. Called by pulumi-analyzer-policy-nodejs.
//
// - ts-node: Node strips the types itself, and loading a compiler takes more than half a second. The SDK has no option for
//   it (cmd/run-policy-pack/index.js says `typeScript: true` under Node).
// - what lean-sdk.ts keeps out.
"use strict";

const { createRequire } = require("node:module");
require("./lean-sdk.ts").leanSdk();

const sdk = createRequire(require.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js"));
const argv = sdk("minimist")(process.argv.slice(2));
// The engine's address comes first; a pack finds it in its environment.
argv._.shift();

// An engine that was killed ends nobody: a pack that it leaves alone would stay for ever.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit();
}, 2000).unref();

// The engine takes exit code 32 for "the error was told already".
const fail = (error) => {
  console.error(error);
  process.exitCode = 1;
};
process.on("uncaughtException", fail);
sdk("./run")
  .run({
    argv,
    programStarted: () => {},
    reportLoggedError: () => (process.exitCode = 32),
    typeScript: false,
  })
  .catch(fail);
