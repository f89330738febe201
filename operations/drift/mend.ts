import type { Fact } from "./facts.ts";
import { kindOf } from "./kinds.ts";
import { shellWord } from "../../shell-word.ts";

/** What is done about a difference inside of the machine. */
export interface Mend {
  /** The concern that is brought again, by its name. */
  concern?: string;
  /** A file that is moved aside. */
  aside?: string;
  /** A command that sets a value back, run by bash on the machine. */
  run?: string;
  mend: string;
}

/** Concerns by what they put, start and install. First match wins. */
const owners: Record<string, [RegExp, string][]> = {
  unit: [
    [/^nginx\.service$/, "nginx"],
    [/^(?:docker|containerd)\./, "docker"],
    [/^(?:odoo-platform-certificate\.|certbot\.timer)/, "certificate"],
    [/^(?:odoo-platform-(?:firewall|mail-relay)\.|nftables\.service)/, "firewall-rules"],
    [/^odoo-platform-odoo\./, "odoo"],
    [/^mnt-/, "volume-mount"],
    [/^(?:apt-daily|logrotate|swapfile|systemd-timesyncd)/, "base"],
  ],
  package: [
    [/^(?:unattended-upgrades|logrotate|ca-certificates|systemd-timesyncd)$/, "base"],
    [/^nftables$/, "firewall-rules"],
    [/^(?:xfsprogs|e2fsprogs)$/, "volume-mount"],
    [/^docker/, "docker"],
    [/^(?:nginx|openssl)$/, "nginx"],
    [/^certbot$/, "certificate"],
  ],
  container: [
    [/^postgres:/, "postgres"],
    [/^odoo-(?:web|cron):/, "odoo"],
    [/^mail-catcher:/, "mail"],
    [/^n8n:/, "n8n"],
  ],
  file: [[/^\/etc\/odoo-platform\/(?:slots|secrets\/odoo-serving)\//, "odoo"]],
  folder: [[/^\/mnt\/odoo-data\//, "volume-mount"]],
  firewall: [[/^inet odoo_platform/, "firewall-rules"]],
  image: [[/./, "images"]],
  network: [[/^odoo-platform$/, "docker"]],
  nginx: [[/./, "nginx"]],
  sshd: [[/./, "base"]],
  certificate: [[/./, "certificate"]],
  mount: [[/^\/mnt\/odoo-data$/, "volume-mount"]],
  postgres: [[/^(?:setting|role odoo)/, "postgres"]],
  swap: [[/^\/swapfile$/, "base"]],
};
owners["timer"] = owners["unit"] ?? [];

// What is ours alone, or changes how one of ours runs: a file in the way does no good anywhere else.
const asideFolders =
  /^\/(?:etc\/odoo-platform\/(?!host-key\/)|usr\/local\/lib\/odoo-platform\/|etc\/ssh\/sshd_config\.d\/|etc\/docker\/|etc\/systemd\/system\/(?:nginx|docker|containerd|ssh|odoo-platform-\w+)\.(?:service|socket|timer)\.d\/)/;

/** By hand, where no concern puts it back: what a person would type, or look at. */
const byHand: Record<string, (name: string) => string> = {
  file: (name) => `look at ${name} on the machine, and remove it or put it back`,
  folder: (name) => `put owner and mode of ${name} back`,
  unit: (name) => `systemctl status ${name} tells whose it is; systemctl disable --now ${name} ends it`,
  timer: (name) => `systemctl disable --now ${name} ends it`,
  package: (name) => `apt-get purge ${name}, apt-get install ${name} or apt-mark unhold ${name}`,
  container: (name) =>
    `docker inspect ${wordOf(name)} tells whose it is; docker rm --force ${wordOf(name)} ends it`,
  network: (name) => `docker network rm ${name}`,
  firewall: (name) =>
    `nft delete table ${tableOf(name)} takes a table away; rules of Docker's tables by iptables`,
  postgres: (name) => `docker exec -it postgres psql -U postgres, and take back what was done to ${name}`,
  odoo: () => "set it back in Odoo: Settings, with developer mode, Technical",
  module: () => "end or repeat the module's update: platform logs --of odoo tells how it went",
  user: (name) => `userdel --remove ${name}, unless it is meant to be`,
  password: (name) => `passwd --lock ${name}; SSH takes keys alone`,
  group: (name) => `gpasswd --delete ${name.split(": ").toReversed().join(" ")}`,
  key: () => "take the line out of that user's ~/.ssh/authorized_keys, unless it is meant to be",
  sysctl: (name) => `sysctl -w ${name}=VALUE, and look into /etc/sysctl.d`,
  mount: (name) => `findmnt ${name} tells what it is; umount ${name}, or remount it as it was`,
  swap: (name) => `swapoff ${name}, or swapon ${name}`,
  port: () => "ss -ltnup on the machine tells the process; end it",
};

const wordOf = (name: string): string => name.split(":")[0] ?? name;
const tableOf = (name: string): string => name.split(" ").slice(0, 2).join(" ");

type What = "changed" | "missing" | "extra";

/** Values that no concern sets back, and a command does. */
function setBack(
  { kind, name }: Pick<Fact, "kind" | "name">,
  expected: string,
  found: string,
): string | undefined {
  const word = shellWord(name);
  if (kind === "sysctl") return `sysctl -qw ${word}=${shellWord(expected)}`;
  if (kind === "folder") {
    const [mode = "", owner = ""] = expected.split(" ");
    return `chown ${shellWord(owner)} ${word} && chmod ${shellWord(mode)} ${word}`;
  }
  if (kind === "package" && expected === "install installed" && found === "hold installed")
    return `apt-mark unhold ${word} >/dev/null`;
  const [container = "", part = ""] = name.split(": ");
  if (kind !== "container" || !owners["container"]?.some(([pattern]) => pattern.test(name))) return undefined;
  if (part === "restart")
    return `docker update --restart=${shellWord(expected)} "$(actual ${shellWord(container)})" >/dev/null`;
  if (part === "state" && expected === "running")
    return `docker start "$(actual ${shellWord(container)})" >/dev/null`;
  return undefined;
}

/** @param concernOfFile the concern that puts the file of that path */
export function mendOf(
  { kind, name }: Pick<Fact, "kind" | "name">,
  what: What,
  [expected, found]: [string | undefined, string | undefined],
  concernOfFile: (path: string) => string | undefined,
): Mend {
  const run =
    expected !== undefined && found !== undefined ? setBack({ kind, name }, expected, found) : undefined;
  if (run !== undefined) return { run, mend: "platform drift --fix sets it back" };
  const concern = (kind === "file" ? concernOfFile(name) : undefined) ?? ownerOf(kind, name, what);
  // A machine is met once: what its first contact has put cannot come again.
  if (concern === "first-contact") return { mend: `put ${name} back by hand, as host/first-contact has it` };
  if (concern !== undefined) return { concern, mend: `platform drift --fix brings "${concern}" again` };
  if (kind === "file" && what === "extra" && asideFolders.test(name))
    return { aside: name, mend: `platform drift --fix moves it to ${asideFolder}` };
  return { mend: byHand[kind]?.(name) ?? `look at it on the machine` };
}

/** What concerns do not know stays where it is when they come again. */
function ownerOf(kind: string, name: string, what: What): string | undefined {
  if (what === "extra" && kindOf(kind) && kind !== "nginx" && kind !== "sshd") return undefined;
  return owners[kind]?.find(([pattern]) => pattern.test(name))?.[1];
}

/** On the machine; what is in it is nobody's to run any more. */
export const asideFolder = "/var/lib/odoo-platform/set-aside";
