import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type HostConcern, type Machine, hostCommand, hostFile } from "./host-command.ts";

/** How mail leaves: a relay, Mailgun, or not at all. */
export type MailWay =
  | {
      kind: "smtp";
      host: string;
      port: number;
      user: string;
      /** Secret. */
      password: pulumi.Input<string>;
      /** Sender of mail that has no other. */
      from: string;
    }
  | {
      kind: "mailgun";
      /** The sending domain. */
      domain: string;
      /** SMTP password of that domain. Secret. */
      password: pulumi.Input<string>;
      from: string;
    }
  | {
      kind: "catcher";
      /** Reference of the catcher's image. */
      image: string;
      /** Bound of its container in MB. */
      memoryMb: number;
      /** @default odoo@DOMAIN */
      from?: string | undefined;
    };

export interface MailArgs {
  machine: Machine;
  /** Where Odoo answers. */
  domain: string;
  way: MailWay;
}

/** What Odoo's configuration says of outgoing mail. */
export interface OdooMail {
  smtp: {
    server: string;
    port: number;
    startTls: boolean;
    /** Empty where nobody logs in. */
    user: string;
    from: string;
    fromFilter: string;
  };
  /** Secret. */
  password: pulumi.Output<string>;
}

/**
 * The way that mail takes out of the machine. A catcher is a container that keeps every mail and sends none; its API and page
 * are at 127.0.0.1:1080 of the machine, not in public: `ssh -L 1080:127.0.0.1:1080`.
 *
 * @example
 * const mail = new Mail("odoo-staging", { machine, domain, way: { kind: "catcher", image, memoryMb: 128 } }, { dependsOn: images });
 */
export class Mail extends pulumi.ComponentResource {
  readonly odoo: OdooMail;
  readonly applied: command.remote.Command;

  constructor(name: string, args: MailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("odoo-platform:index:Mail", name, {}, opts);
    this.odoo = odooMail(args);
    this.applied = hostCommand(`${name}-mail`, mailConcern(args.way), args.machine, { parent: this });
    this.registerOutputs({});
  }
}

/**
 * Mailgun's relay. A droplet's mail leaves by no other port: DigitalOcean blocks 25, 465 and 587
 * (https://docs.digitalocean.com/support/why-is-smtp-blocked/).
 */
export const mailgun = { host: "smtp.mailgun.org", port: 2525 } as const;

export function odooMail({ way, domain }: Pick<MailArgs, "way" | "domain">): OdooMail {
  const from = way.from ?? `odoo@${domain}`;
  // Mail of other senders leaves as the platform's own: a relay refuses what is not of its domain.
  const common = { from, fromFilter: from.slice(from.indexOf("@") + 1) };
  if (way.kind === "catcher") {
    return {
      smtp: { server: "mail-catcher", port: 1025, startTls: false, user: "", ...common },
      password: pulumi.output(""),
    };
  }
  const relay =
    way.kind === "mailgun"
      ? { server: mailgun.host, port: mailgun.port, user: `postmaster@${way.domain}` }
      : { server: way.host, port: way.port, user: way.user };
  return { smtp: { ...relay, startTls: true, ...common }, password: pulumi.secret(way.password) };
}

export function mailConcern(way: MailWay): HostConcern {
  const catcher =
    way.kind === "catcher"
      ? [
          { path: "/etc/odoo-platform/mail/compose.yaml", text: hostFile("mail/compose.yaml") },
          {
            path: "/etc/odoo-platform/mail/.env",
            text: `MAIL_CATCHER_IMAGE=${way.image}\nMAIL_CATCHER_MEMORY_MB=${way.memoryMb}\n`,
          },
        ]
      : [];
  return {
    name: "mail",
    files: catcher,
    apply: hostFile("mail/apply.sh"),
    variables: { MAIL_KIND: way.kind },
  };
}
