import { join } from "node:path";
import { root } from "../tools/paths.ts";

/** The packs that every verb puts on. `PULUMI_OPTION_POLICY_PACK`, a list with commas, does the same for plain `pulumi`. */
export const policyPacks: string[] = ["secrets", "manifest", "production"].map((pack) =>
  join(root, "policies", pack),
);
