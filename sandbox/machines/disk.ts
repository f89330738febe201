import { closeSync, existsSync, mkdirSync, openSync, renameSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** Where a machine's disk is kept. */
export const diskOf = (folder: string, machine: string): string => join(folder, machine, "disk.img");

/**
 * Makes a machine's disk from an image, unless it is there, and gives it its size: what nobody has written takes no room
 * (`cp` keeps holes, and shares blocks where the file system can).
 */
export async function keepDisk(disk: string, image: string, sizeGb: number): Promise<void> {
  if (!existsSync(disk)) {
    mkdirSync(dirname(disk), { recursive: true, mode: 0o700 });
    await execa("cp", ["--sparse=always", "--reflink=auto", image, `${disk}.partial`]);
    renameSync(`${disk}.partial`, disk);
  }
  truncateSync(disk, sizeGb * 1024 ** 3);
}

/** The file that a machine's console is added to, made here so that it is not root's. */
export function consoleOf(folder: string): string {
  const file = join(folder, "console.log");
  closeSync(openSync(file, "a", 0o600));
  return file;
}
