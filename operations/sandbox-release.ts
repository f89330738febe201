import { join } from "node:path";
import type { Release } from "../components/release.ts";
import { names } from "../sandbox/machines/addresses.ts";
import { openAuthority } from "../sandbox/machines/authority.ts";
import { buildImages } from "../sandbox/machines/image-build.ts";
import { debianTarball } from "../sandbox/machines/images.ts";
import type { Run } from "../sandbox/run.ts";
import { root } from "../tools/paths.ts";
import { UserError } from "../user-error.ts";
import type { Progress } from "./progress.ts";
import { readSettings } from "./project.ts";
import { machinesCache } from "./sandbox-machines.ts";

/**
 * The release of a checkout: its images, built and pushed to the sandbox's registry unless they are there.
 * @param from another checkout than this one
 * @throws {UserError} failed, with what the build said last
 */
export async function buildRelease(
  stack: string,
  world: Run,
  progress: Progress,
  from: string = root,
): Promise<Release> {
  const { image, odoo, services } = readSettings(stack);
  const { certificate } = await openAuthority(join(world.dir, "authority"));
  const { tag, digest } = await progress.step(
    `Odoo's image, from ${from === root ? "this checkout" : from}`,
    async (tell) => {
      try {
        return await buildImages({
          root: from,
          builderFolder: join(world.dir, "builder"),
          registry: {
            access: { user: "sandbox", password: world.credentials.registryPassword },
            ca: certificate,
          },
          repository: image.repository,
          series: odoo.series,
          companions: ["postgres", "mail-catcher", ...(services.n8n ? ["n8n"] : [])],
          debian: () => debianTarball(machinesCache()),
          tell,
        });
      } catch (error) {
        throw new UserError("failed", `the image was not built: ${(error as Error).message}`, {
          cause: error,
        });
      }
    },
  );
  return { registry: names.registry, repository: image.repository, tag, digest };
}

/** Whether a release's tag is one that `buildRelease` gives: the series, and what it was built from. */
export const isBuilt = (tag: string): boolean => /^\d+\.\d-[0-9a-f]{12}$/.test(tag);
