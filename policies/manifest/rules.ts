import { dirname } from "node:path";
import type { Policies } from "@pulumi/policy";
import { readAddons } from "../../catalog/read-addons.ts";
import { checks } from "./checks.ts";
import { ruleOf } from "./rule-of.ts";

const root = dirname(dirname(import.meta.dirname));
// A pack lives as long as one preview or update: read once, and only when there is a platform.
let addons: ReturnType<typeof readAddons> | undefined;

/** The rules of this pack; docs/policies.md says what each forbids and how to mend it. */
export const rules: Policies = checks.map((check) => ruleOf(check, () => (addons ??= readAddons(root))));
