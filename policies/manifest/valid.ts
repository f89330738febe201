import type { ManifestCheck } from "./check.ts";

/** Both files are there, and are what their schema says. All other checks see empty manifests until they are. */
export const valid: ManifestCheck = {
  name: "manifest/valid",
  description: "Both manifests can be read.",
  find: ({ faults }) => [...faults],
};
