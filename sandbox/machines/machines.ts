import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../digitalocean/cloud.ts";
import type { Hardware } from "../digitalocean/hardware.ts";
import { found } from "../digitalocean/errors.ts";
import { sizeOf } from "../digitalocean/platform.ts";
import type { Action, Droplet, Volume } from "../digitalocean/rows.ts";
import { consoleOf, diskOf, keepDisk } from "./disk.ts";
import { privileged } from "./helper.ts";
import { type Topology, ruleset } from "./ruleset.ts";
import { network } from "./addresses.ts";
import { writeDropletSeed } from "./seed.ts";

export interface MachinesOptions {
  /** Where disks, volumes and consoles are kept. */
  folder: string;
  /** Path of the disk image that droplets begin with. */
  image: string;
  ports: Topology["ports"];
  /** Names of the sandbox's own, to addresses. */
  hosts: Readonly<Record<string, string>>;
  log: (line: string) => void;
}

/**
 * The machines of a world: what its droplets, volumes, firewalls and addresses really are. Every call to the helper can be
 * made again, so that a world that was killed is taken up as it is found.
 */
export class Machines implements Hardware {
  readonly #cloud: Cloud;
  readonly #options: MachinesOptions;
  readonly #actions = new Map<number, "working" | "done" | "failed">();
  #inForce = "";
  #following: Promise<void> = Promise.resolve();

  constructor(cloud: Cloud, options: MachinesOptions) {
    this.#cloud = cloud;
    this.#options = options;
  }

  /** Boots what should run, as the rows say. */
  async resume(): Promise<void> {
    await this.follow();
    await Promise.all(
      this.#cloud.droplets.list((one) => one.status === "active").map((one) => this.#boot(one)),
    );
  }

  carryOut(action: Action): "working" | "done" | "failed" {
    const known = this.#actions.get(action.id);
    if (known !== undefined) return known;
    const end = (how: "done" | "failed"): void => void this.#actions.set(action.id, how);
    this.#actions.set(action.id, "working");
    this.#do(action).then(
      () => end("done"),
      (error: unknown) => {
        this.#options.log(`machines: ${action.type} of ${action.subject}: ${String(error)}`);
        end("failed");
      },
    );
    return "working";
  }

  isRunning(droplet: number): boolean {
    const file = join("/run/odoo-sandbox/machines", nameOf(droplet), "supervisor");
    try {
      return existsSync(`/proc/${readFileSync(file, "utf8").trim()}`);
    } catch {
      return false;
    }
  }

  // One after the other: each looks at what the one before has left.
  async follow(): Promise<void> {
    this.#following = this.#following.then(
      () => this.#follow(),
      () => this.#follow(),
    );
    await this.#following;
  }

  async #do({ type, change, droplet }: Action): Promise<void> {
    switch (change.kind) {
      case "power":
        if (change.on) return await this.#boot(this.#droplet(change.droplet));
        return void (await privileged("stop", [
          nameOf(change.droplet),
          ...(type === "power_off" ? ["now"] : []),
        ]));
      case "none":
        return await this.#restart(type, this.#droplet(droplet ?? 0));
      case "attach":
        return await this.#attach(nameOf(change.droplet), this.#volume(change.volume));
      case "detach":
        return await this.#detach(change);
      case "grow":
        return void (await privileged("grow", [this.#volumeFile(change.volume), change.size_gigabytes]));
      case "assign":
      case "unassign":
      case "rename":
      case "resize":
      case "feature":
        return; // the rows are all there is to it, or the next boot takes it up
    }
  }

  async #restart(type: string, droplet: Droplet): Promise<void> {
    if (type === "reboot" && this.isRunning(droplet.id))
      return void (await privileged("restart", [nameOf(droplet.id)]));
    await privileged("stop", [nameOf(droplet.id), "now"]);
    await this.#boot(droplet);
  }

  async #boot(droplet: Droplet): Promise<void> {
    const { folder, image } = this.#options;
    const name = nameOf(droplet.id);
    const { memoryMb, vcpus } = sizeOf(droplet.size);
    const disk = diskOf(folder, name);
    await keepDisk(disk, image, droplet.disk);
    const seed = join(folder, name, "seed");
    writeDropletSeed(seed, this.#cloud, droplet);
    for (const volume of this.#cloud.volumes.list((one) => one.droplet === droplet.id))
      await this.#attach(name, volume);
    const console = consoleOf(join(folder, name));
    await privileged("boot", [name, disk, seed, console, memoryMb, vcpus]);
  }

  async #attach(machine: string, volume: Volume): Promise<void> {
    const file = this.#volumeFile(volume.id);
    if (!existsSync(file)) {
      const { size_gigabytes, filesystem_type, filesystem_label } = volume;
      await privileged("volume", [file, size_gigabytes, filesystem_type, filesystem_label]);
    }
    await privileged("attach", [machine, volume.name, file]);
  }

  async #detach({ volume, droplet }: { volume: string; droplet?: number }): Promise<void> {
    const { name } = this.#volume(volume);
    const holder = droplet ?? this.#volume(volume).droplet;
    if (holder !== null) await privileged("detach", [nameOf(holder), name, this.#volumeFile(volume)]);
  }

  async #follow(): Promise<void> {
    await this.#forgetDeleted();
    const droplets = this.#cloud.droplets.list();
    const machines = droplets.map(({ id, public_ipv4, tags }) => ({ id, address: public_ipv4, tags }));
    const addressOf = new Map(machines.map(({ id, address }) => [id, address]));
    const reserved = this.#cloud.reservedIps.list().flatMap(({ ip, droplet }) => {
      const address = droplet === null ? undefined : addressOf.get(droplet);
      return address === undefined ? [] : [{ ip, address }];
    });
    const { ports } = this.#options;
    const rules = ruleset({ machines, reserved, firewalls: this.#cloud.firewalls.list(), ports });
    // Reserved addresses too, assigned or not: without a route here they would be looked for on the internet.
    const addresses = [
      network.builder,
      ...addressOf.values(),
      ...this.#cloud.reservedIps.list().map(({ ip }) => ip),
    ];
    const hosts = this.#hosts();
    const wanted = JSON.stringify([rules, addresses, hosts]);
    if (wanted === this.#inForce) return;
    await privileged("rules", [network.gateway, ...addresses], rules);
    await privileged("hosts", [], hosts);
    this.#inForce = wanted;
  }

  /** Lines for this computer's own list of names: the account's addresses, and the sandbox's. */
  #hosts(): string {
    const records = this.#cloud.records
      .list((one) => one.type === "A")
      .map(({ name, domain, data }) => `${data} ${name === "@" ? domain : `${name}.${domain}`}`);
    return [
      ...Object.entries(this.#options.hosts).map(([name, address]) => `${address} ${name}`),
      ...records,
    ].join("\n");
  }

  async #forgetDeleted(): Promise<void> {
    const { folder } = this.#options;
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      const droplet = /^droplet-(\d+)$/.exec(name)?.[1];
      if (droplet !== undefined && this.#cloud.droplets.get(droplet) === undefined) {
        await privileged("forget", [name]);
        rmSync(join(folder, name), { recursive: true, force: true });
      }
      const volume = /^volume-(.+)\.img$/.exec(name)?.[1];
      if (volume !== undefined && this.#cloud.volumes.get(volume) === undefined) rmSync(join(folder, name));
    }
  }

  #droplet(id: number): Droplet {
    return found(this.#cloud.droplets.get(id));
  }

  #volume(id: string): Volume {
    return found(this.#cloud.volumes.get(id));
  }

  #volumeFile(id: string): string {
    return join(this.#options.folder, `volume-${id}.img`);
  }
}

const nameOf = (droplet: number): string => `droplet-${droplet}`;
