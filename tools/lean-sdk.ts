import { registerHooks } from "node:module";

const unused = new Set(["@npmcli/arborist", "typescript"]);
const nothing = import.meta.resolve("./nothing.cjs");

/**
 * Has Pulumi's SDK loaded without two things that nothing here uses: npm's reader of dependency trees and the TypeScript
 * compiler, with which it ships functions to a cloud. They take half of the time in which it loads. To be called before.
 */
export function leanSdk(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      unused.has(specifier)
        ? { url: nothing, format: "commonjs", shortCircuit: true }
        : next(specifier, context),
  });
}
