import { acyclic } from "./acyclic.ts";
import type { ManifestCheck } from "./check.ts";
import { closed } from "./closed.ts";
import { knownModules } from "./known-modules.ts";
import { licensed } from "./licensed.ts";
import { mounted } from "./mounted.ts";
import { pinned } from "./pinned.ts";
import { series } from "./series.ts";
import { unique } from "./unique.ts";
import { valid } from "./valid.ts";

/** Everything that the manifests have to be; the pack and `platform manifest verify` ask the same. */
export const checks: readonly ManifestCheck[] = [
  valid,
  pinned,
  series,
  closed,
  acyclic,
  licensed,
  unique,
  mounted,
  knownModules,
];
