import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { privileged } from "./helper.ts";

/** The images that machines begin with: each a list of packages, or several. */
const images = {
  /** A droplet as bare as at the vendor. */
  plain: ["plain"],
  /** The same with its packages installed. */
  droplet: ["plain", "droplet"],
  /** The machine that builds and keeps container images. */
  builder: ["image-builder"],
} as const;

/** Of the file system of an image, which grows into the disk of its machine. */
const sizeGb = 8;

export type ImageName = keyof typeof images;

/** Of a Debian release, until it is pinned to another day: an older image updates itself as a droplet does. */
const debian = "debian-13";

/**
 * The path of a base image, built where it is not there yet: a minute, once for all sandboxes of this user.
 * @param cache the user's cache folder
 */
export async function baseImage(cache: string, name: ImageName): Promise<string> {
  const file = imageFile(cache, name);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  await privileged("image", [file, sizeGb, ...packagesOf(name)]);
  return file;
}

/** Whether the image is there, so that nobody waits for it. */
export const hasImage = (cache: string, name: ImageName): boolean => existsSync(imageFile(cache, name));

const packagesOf = (name: ImageName): string[] =>
  images[name].flatMap((list) => {
    const lines = readFileSync(join(import.meta.dirname, "packages", `${list}.txt`), "utf8").split("\n");
    return lines.filter((line) => !line.startsWith("#")).flatMap((line) => line.split(" ").filter(Boolean));
  });

const imageFile = (cache: string, name: ImageName): string =>
  join(cache, `${debian}-${name}-${digest(packagesOf(name).join(" "))}.img`);

/** A minimal Debian root as a tar file: what containers are built from where no public registry can be reached. */
export async function debianTarball(cache: string): Promise<string> {
  const file = join(cache, `${debian}-container.tar`);
  if (!existsSync(file)) {
    mkdirSync(cache, { recursive: true });
    await privileged("tarball", [file, "ca-certificates"]);
  }
  return file;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);
