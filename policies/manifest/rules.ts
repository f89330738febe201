import { dirname } from "node:path";
import type { Policies } from "@pulumi/policy";
import { readAddons } from "../../catalog/read-addons.ts";
import { checks } from "./checks.ts";
import { ruleOf } from "./rule-of.ts";
import { stack } from "./stack.ts";

const root = dirname(dirname(import.meta.dirname));
// A pack lives as long as one preview or update: read once, and only when there is a platform.
let addons: ReturnType<typeof readAddons> | undefined;

/** The rules of this pack; docs/manifest.md says what each asks for. */
export const rules: Policies = [
  stack,
  ...checks.map((check) => ruleOf(check, () => (addons ??= readAddons(root)))),
];
