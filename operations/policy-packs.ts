import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../tools/paths.ts";

/** The packs that every verb puts on. `PULUMI_OPTION_POLICY_PACK`, a list with commas, does the same for plain `pulumi`. */
export const policyPacks: string[] = ["secrets", "manifest", "production"].map((pack) =>
  join(root, "policies", pack),
);

/**
 * Runs with a configuration for each pack in which these policies only advise. A policy is told of all the same, so that
 * whoever passes it over can be held to it.
 */
export async function withPolicyConfigs<T>(
  passOver: readonly string[],
  run: (files: string[]) => Promise<T>,
): Promise<T> {
  if (passOver.length === 0) return await run([]);
  const folder = mkdtempSync(join(tmpdir(), "platform-policies-"));
  try {
    return await run(
      policyPacks.map((pack) => {
        const own = passOver.filter((policy) => policy.startsWith(`${pack.split("/").at(-1)}/`));
        const file = join(folder, `${pack.split("/").at(-1)}.json`);
        writeFileSync(
          file,
          JSON.stringify(Object.fromEntries(own.map((name) => [name, { enforcementLevel: "advisory" }]))),
        );
        return file;
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
