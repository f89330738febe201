import { join } from "node:path";
import { privileged } from "../sandbox/machines/helper.ts";
import { type ImageName, baseImage, hasImage } from "../sandbox/machines/images.ts";
import { missingForMachines, pebblePath } from "../sandbox/machines/requirements.ts";
import type { MachinesConfig } from "../sandbox/machines/start.ts";
import { cacheDir } from "../tools/paths.ts";
import { UserError } from "../user-error.ts";
import type { Progress } from "./progress.ts";

/** Where base images and the builder's disk are kept, for all sandboxes of this user. */
export const machinesCache = (): string => join(cacheDir(), "machines");

/**
 * Brings what droplets need to be machines: programs of this computer, and disk images, a minute each, once.
 *
 * @returns no machines, and why, where this computer cannot run any
 * @throws {UserError} badInput, when PLATFORM_SANDBOX_MACHINES asks for what cannot be
 */
export async function prepareMachines(
  progress: Progress,
): Promise<{ machines: MachinesConfig | undefined; missing: string[] }> {
  const choice = chosen();
  if (choice === "rows") return { machines: undefined, missing: [] };
  const { reasons, packages } = await missingForMachines();
  if (reasons.length > 0) {
    if (choice === undefined) return { machines: undefined, missing: reasons };
    throw new UserError("badInput", `PLATFORM_SANDBOX_MACHINES=real: ${reasons.join("; ")}`);
  }
  if (packages.length > 0)
    await progress.step(`Installing ${packages.join(", ")}`, () => privileged("install", packages));
  const image = await prepared(progress, dropletImage(), "a Debian 13 droplet");
  const builder = await prepared(progress, "builder", "the machine that builds images");
  const disk = `${builder}.disk`;
  return { machines: { pebble: pebblePath(), image, builder: { image: builder, disk } }, missing: [] };
}

async function prepared(progress: Progress, name: ImageName, what: string): Promise<string> {
  if (hasImage(machinesCache(), name)) return await baseImage(machinesCache(), name);
  return await progress.step(`Making the disk of ${what}, once: about a minute`, () =>
    baseImage(machinesCache(), name),
  );
}

/**
 * PLATFORM_SANDBOX_MACHINES: "real" insists on machines; with "rows" a droplet is a row and commands are noted, not run, for
 * tests of everything but machines.
 */
export function chosen(): "real" | "rows" | undefined {
  const choice = process.env["PLATFORM_SANDBOX_MACHINES"];
  if (choice === undefined || choice === "real" || choice === "rows") return choice;
  throw new UserError("badInput", `PLATFORM_SANDBOX_MACHINES: "${choice}" is not known; there is real, rows`);
}

/**
 * Why nothing runs behind a droplet, whatever its stack is called; undefined where something may. Only where the API is an
 * emulated one on this computer: what is real is never taken for a row.
 */
export function onlyRows(): string | undefined {
  const api = URL.parse(process.env["DIGITALOCEAN_API_URL"] ?? "");
  return chosen() === "rows" && api?.hostname === "127.0.0.1"
    ? "in this sandbox a droplet is a row, and nothing runs on it"
    : undefined;
}

/** PLATFORM_SANDBOX_IMAGE: "plain" lets droplets begin as bare as at the vendor, so that all is installed over SSH. */
function dropletImage(): ImageName {
  const image = process.env["PLATFORM_SANDBOX_IMAGE"] ?? "droplet";
  if (image === "droplet" || image === "plain") return image;
  throw new UserError("badInput", `PLATFORM_SANDBOX_IMAGE: "${image}" is not known; there is droplet, plain`);
}
