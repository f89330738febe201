// Starts a policy pack as @pulumi/pulumi/cmd/run-policy-pack does, but leaves ts-node out: Node strips the types itself,
// and loading a compiler into each of three packs costs more than half a second of every preview. The SDK has no option
// for it (cmd/run-policy-pack/index.js says `typeScript: true` under Node). Called by pulumi-analyzer-policy-nodejs.
"use strict";

const { createRequire } = require("node:module");

const sdk = createRequire(require.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js"));
const argv = sdk("minimist")(process.argv.slice(2));
// The engine's address comes first; a pack finds it in its environment.
argv._.shift();

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
