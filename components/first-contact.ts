import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Machine, hostCommand, hostFile } from "./host-command.ts";

export interface FirstContactArgs {
  /** Where the machine answers SSH. */
  address: pulumi.Input<string>;
  dropletId: pulumi.Input<string>;
  /** Private half of the key that may log in as root. */
  sshPrivateKey: pulumi.Input<string>;
  /** Public half of the host key of the first boot, OpenSSH format. */
  oneTimeHostKey: string;
}

/**
 * The first connection to a new machine, and the end of the host key that it was known by.
 *
 * Two steps, each verified: over the one-time key the machine makes a host key of its own and says its public half; over
 * that one it is told to forget the one-time key. Between them it serves both in turns, so an update that is interrupted
 * anywhere finds its way back in (docs/decisions/0011-the-host-key-is-rotated.md).
 *
 * @example
 * const contact = new FirstContact("odoo-prod", { address, dropletId, sshPrivateKey, oneTimeHostKey });
 * hostCommand("odoo-prod-base", base, contact.machine, { parent, dependsOn: contact.done });
 */
export class FirstContact extends pulumi.ComponentResource {
  /** The machine's own host key: an OpenSSH line without a comment. */
  readonly hostKey: pulumi.Output<string>;
  /** How everything after this reaches the machine. */
  readonly machine: Machine;
  /** What must be there before anything else connects. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: FirstContactArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:FirstContact", name, {}, opts);
    const first = firstContact(name, args, this);
    // The outputs of what has a secret input are secret; a public key is none.
    this.hostKey = pulumi.unsecret(first.stdout).apply(ed25519Line);
    this.machine = { connection: connectionTo(args, this.hostKey), dropletId: args.dropletId };
    this.done = confirm(name, this.machine, this);
    this.registerOutputs({ hostKey: this.hostKey });
  }
}

function firstContact(name: string, args: FirstContactArgs, parent: pulumi.Resource) {
  const concern = {
    name: "first-contact",
    files: [
      script("host-key-turns"),
      {
        path: "/etc/systemd/system/odoo-platform-host-key.service",
        text: hostFile("first-contact/odoo-platform-host-key.service"),
      },
      {
        path: "/etc/ssh/sshd_config.d/00-odoo-platform-host-key.conf",
        text: hostFile("first-contact/sshd-host-key.conf"),
      },
    ],
    apply: hostFile("first-contact/apply.sh"),
  };
  const machine = {
    connection: connectionTo(args, pulumi.output(args.oneTimeHostKey)),
    dropletId: args.dropletId,
  };
  return hostCommand(`${name}-first-contact`, concern, machine, {
    parent,
    // A machine is met once: it no longer answers to the one-time key. Another droplet is another resource (triggers).
    ignoreChanges: ["connection", "create", "stdin", "logging", "addPreviousOutputInEnv"],
  });
}

function confirm(name: string, machine: Machine, parent: pulumi.Resource) {
  const concern = { name: "host-key", files: [], apply: hostFile("host-key/apply.sh") };
  return hostCommand(`${name}-host-key`, concern, machine, { parent });
}

const script = (name: string) => ({
  path: `/usr/local/lib/odoo-platform/${name}`,
  text: hostFile(`first-contact/${name}`),
  mode: "0755",
});

/** Dials until a slow first boot is over, or a reboot: pauses grow to 5 s, so these are about eight minutes. */
const dials = { dialErrorLimit: 100, perDialTimeout: 15 };

function connectionTo(
  { address, sshPrivateKey }: FirstContactArgs,
  hostKey: pulumi.Output<string>,
): types.input.remote.ConnectionArgs {
  return { host: address, user: "root", privateKey: pulumi.secret(sshPrivateKey), hostKey, ...dials };
}

/** @throws Error where the machine said something else: no later connection would be verified */
function ed25519Line(stdout: string): string {
  const line = stdout.trim();
  if (!/^ssh-ed25519 AAAA[A-Za-z0-9+/]{64}$/.test(line))
    throw new Error("first contact did not answer with a host key");
  return line;
}
