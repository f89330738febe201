import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { privileged } from "./helper.ts";

/** The programs that machines need, by Debian's package. */
const programs = {
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
  "mkfs.xfs": "xfsprogs",
  nft: "nftables",
  ip: "iproute2",
  openssl: "openssl",
  pebble: "pebble",
} as const;

/** By which mmdebstrap knows Debian's packages for what they are; other systems do not have it. */
const debianKeys = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** What keeps machines from running here. */
export interface Missing {
  /** Sentences for a person, each with its way out; none when machines can run. */
  reasons: string[];
  /** Debian packages that the helper can install by itself. */
  packages: string[];
}

/** Looks at this computer; changes nothing. */
export async function missingForMachines(): Promise<Missing> {
  if (process.platform !== "linux")
    return none("machines need Linux: run the sandbox in a Linux machine of your own");
  if (!(await isRoot()))
    return none('machines need root: run as root, or allow "sudo -n" (sudo -v asks once)');
  const packages: string[] = Object.entries(programs).flatMap(([program, from]) =>
    isThere(program) ? [] : [from],
  );
  if (!existsSync(debianKeys)) packages.push("debian-archive-keyring");
  if (packages.length === 0 || isThere("apt-get")) return { reasons: [], packages };
  return none(`machines need ${packages.join(", ")}: install them from your system's packages`);
}

const none = (reason: string): Missing => ({ reasons: [reason], packages: [] });

async function isRoot(): Promise<boolean> {
  try {
    await privileged("true");
    return true;
  } catch {
    return false;
  }
}

/** The ACME server's path: Debian's package, or another one on PATH. */
export const pebblePath = (): string =>
  folders()
    .map((folder) => join(folder, "pebble"))
    .find((file) => existsSync(file)) ?? "pebble";

const folders = (): string[] => [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
const isThere = (program: string): boolean => folders().some((folder) => existsSync(join(folder, program)));
