import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { names, network } from "./addresses.ts";
import type { Authority } from "./authority.ts";
import { consoleOf, keepDisk } from "./disk.ts";
import { privileged } from "./helper.ts";
import { type Seed, machineSeed, writeSeed } from "./seed.ts";
import { newKeyPair } from "../../ssh-keys.ts";

/** Who may push to and pull from the sandbox's registry. */
export interface RegistryAccess {
  user: string;
  password: string;
}

export interface BuilderOptions {
  /** Where its key and console are kept: the world's. */
  folder: string;
  /** Its disk, which all worlds of this user share one after the other, because what it has built is worth keeping. */
  disk: string;
  image: string;
  access: RegistryAccess;
}

const memoryMb = 4096;
const vcpus = 2;
const diskGb = 40;

/**
 * Boots the machine that builds container images and keeps them: Docker, and a registry that asks for a password, under a
 * certificate of the world's authority.
 */
export async function startBuilder(authority: Authority, options: BuilderOptions): Promise<void> {
  const { folder, disk, image, access } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await keepDisk(disk, image, diskGb);
  const seed = join(folder, "seed");
  writeSeed(seed, {
    ...machineSeed("image-builder", [network.builder]),
    ...(await registry(authority, access)),
    ...login(folder),
  });
  await privileged("boot", ["image-builder", disk, seed, consoleOf(folder), memoryMb, vcpus]);
}

async function registry(authority: Authority, { user, password }: RegistryAccess): Promise<Seed> {
  const { certificate, key } = await authority.issue(names.registry);
  const folder = "etc/docker/registry";
  return {
    [`${folder}/config.yml`]: readFileSync(join(import.meta.dirname, "builder", "registry.yml"), "utf8"),
    [`${folder}/certificate.pem`]: readFileSync(certificate, "utf8"),
    [`${folder}/key.pem`]: { text: readFileSync(key, "utf8"), mode: 0o600 },
    [`${folder}/user`]: user,
    [`${folder}/password`]: { text: password, mode: 0o600 },
    "etc/systemd/system/docker-registry.service.d/sandbox.conf": readFileSync(
      join(import.meta.dirname, "builder", "docker-registry.conf"),
      "utf8",
    ),
    [`etc/docker/certs.d/${names.registry}/ca.crt`]: authority.certificate,
    // What this computer trusts: it may reach the package registries through somebody who opens what is encrypted.
    "usr/local/share/odoo-sandbox/ca-certificates.crt": readFileSync(trusted(), "utf8"),
  };
}

const trusted = (): string => {
  const files = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
  ];
  return files.find((file) => existsSync(file)) ?? "/dev/null";
};

/** Both its own key and the one that opens it are made here, so each side knows the other from the first connection on. */
function login(folder: string): Seed {
  const host = keyPair(folder, "host_key");
  return {
    "etc/ssh/ssh_host_ed25519_key": { text: host.private, mode: 0o600 },
    "etc/ssh/ssh_host_ed25519_key.pub": host.public,
    "root/.ssh/authorized_keys": { text: keyPair(folder, "key").public, mode: 0o600 },
  };
}

/** Who opens the builder, and whom to expect there. */
export function builderLogin(folder: string): { privateKey: string; hostKey: string } {
  return { privateKey: keyPair(folder, "key").private, hostKey: keyPair(folder, "host_key").public };
}

function keyPair(folder: string, name: string): { private: string; public: string } {
  const file = join(folder, name);
  if (!existsSync(file)) {
    const pair = newKeyPair("odoo-sandbox");
    writeFileSync(`${file}.pub`, `${pair.public}\n`);
    writeFileSync(file, pair.private, { mode: 0o600 });
  }
  return { private: readFileSync(file, "utf8"), public: readFileSync(`${file}.pub`, "utf8") };
}
