import { releaseWith } from "../../components/release.ts";
import { UserError } from "../../user-error.ts";
import { me } from "../me.ts";
import { readSettings } from "../project.ts";
import { releaseToKeep } from "../running.ts";
import type { PlatformReading } from "../stack-reader.ts";
import type { Recovered } from "../recover.ts";
import type { Deployment } from "../state.ts";
import { askDigitalOcean } from "../vendor.ts";
import type { Context } from "../verb.ts";

/**
 * Whether the droplet of a stack is there; false where it was deleted, or no update has made one yet.
 * @throws {UserError} failed, for an answer that says neither
 */
export async function droplet({ stack, outputs }: PlatformReading): Promise<boolean> {
  return await isThere(`/v2/droplets/${encodeURIComponent(outputs.hostId)}`, stack, "droplet");
}

async function isThere(path: string, stack: string, what: string): Promise<boolean> {
  const { status } = await askDigitalOcean(path);
  if (status === 200) return true;
  if (status === 404) return false;
  throw new UserError("failed", `${stack}: DigitalOcean answered ${status} for its ${what}`, {
    hint: "Whether it is there is not known, so nothing was changed. Try again in a while.",
  });
}

/**
 * Whether its volume outlived the droplet: then the data of today are on it.
 * @throws {UserError} failed, for an answer that says neither
 */
export async function volume(stack: string, { deployment }: Deployment): Promise<boolean> {
  const one = (deployment.resources ?? []).find(({ type }) => type === "digitalocean:index/volume:Volume");
  if (one?.id === undefined) return false;
  return await isThere(`/v2/volumes/${encodeURIComponent(one.id)}`, stack, "volume");
}

/**
 * Makes the machine anew: what the vendor no longer has leaves the state, and an update makes it again. It comes up empty.
 * @throws {UserError} as an update
 */
export async function makeAnew({ stack, progress, signal }: Context, found: Recovered): Promise<void> {
  const { opened, state, unsure } = found;
  // The data of then, if the volume is still there; no copy is to be brought by this.
  const release = releaseWith(releaseToKeep(state, readSettings(stack)));
  await progress.step(`Making the machine of ${stack} anew`, (tell) =>
    opened.up({
      signal,
      tell,
      refresh: true,
      overlay: { release, update: { verb: "restore", by: me() } },
      replace: unsure,
      message: `platform restore makes the machine anew, by ${me()}`,
    }),
  );
}
