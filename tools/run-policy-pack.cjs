// Starts a policy pack as @pulumi/pulumi/cmd/run-policy-pack does, without what no pack needs, because three packs start
// with every preview. Called by pulumi-analyzer-policy-nodejs.
//
// - ts-node: Node strips the types itself, and loading a compiler takes more than half a second. The SDK has no option for
//   it (cmd/run-policy-pack/index.js says `typeScript: true` under Node).
// - npm's reader of dependency trees (450 modules, 0.2 s): the SDK ships functions to a cloud with it, and no pack does.
"use strict";

const { createRequire, registerHooks } = require("node:module");
const { pathToFileURL } = require("node:url");

const nothing = pathToFileURL(require.resolve("./nothing.cjs")).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@npmcli/arborist"
      ? { url: nothing, format: "commonjs", shortCircuit: true }
      : next(specifier, context),
});

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
