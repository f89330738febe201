import { z } from "zod";
import { appSizes, type AppSizeSlug } from "../catalog/app-sizes.ts";
import { databaseSizes, databaseVersions, type DatabaseSizeSlug } from "../catalog/database-sizes.ts";
import { dropletSizes, type DropletSizeSlug } from "../catalog/droplet-sizes.ts";
import { odooSeries } from "../catalog/odoo-series.ts";
import { regions, type RegionSlug } from "../catalog/regions.ts";
import {
  certificate,
  cidr,
  hour,
  hostname,
  imageReference,
  moduleName,
  resourceName,
  timeZone,
} from "./formats.ts";

const slugs = <T extends string>(table: Record<T, unknown>): [T, ...T[]] => Object.keys(table) as [T, ...T[]];

const platform = z
  .strictObject({
    name: resourceName.default("odoo").describe("Prefix of every resource's name."),
    environment: z
      .enum(["production", "staging", "sandbox"])
      .describe("What the stack is for. Off production no mail may leave."),
    domain: hostname.describe(
      "Where Odoo answers, such as erp.example.com. The buckets are named after it, so it stays.",
    ),
    zone: z
      .strictObject({
        name: hostname.describe("The DNS zone at DigitalOcean that holds the domain."),
        owned: z
          .boolean()
          .default(false)
          .describe("This stack declares the zone itself. Exactly one stack of all that share it may."),
      })
      .describe("The DNS zone."),
    region: z
      .enum(slugs<RegionSlug>(regions))
      .default("sgp1")
      .describe(
        "Where everything stands, in a region that has Spaces for the backups. Changing it replaces the machine and its data: restore into a new stack.",
      ),
  })
  .describe("What the platform is called and where it stands.");

const host = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("droplet").describe("One virtual machine that runs everything."),
      size: z
        .enum(slugs<DropletSizeSlug>(dropletSizes))
        .default("s-1vcpu-2gb")
        .describe("Size of the droplet."),
      volumeGb: z
        .int()
        .min(1)
        .max(16384)
        .default(10)
        .describe("Size of the volume that holds database and filestore, in GB. It can only grow."),
      adminNetworks: z
        .array(cidr)
        .min(1)
        .describe("Networks that may reach SSH, in CIDR form. Never the whole internet."),
      trustedCertificates: z
        .array(certificate)
        .max(20)
        .default([])
        .describe(
          "Authorities that the machine trusts beside Debian's own, PEM: of a private registry or ACME directory.",
        ),
    }),
    z.strictObject({
      kind: z.literal("app").describe("App Platform: no machine to look after, several instances."),
      size: z
        .enum(slugs<AppSizeSlug>(appSizes))
        .default("apps-s-1vcpu-2gb")
        .describe("Size of one web instance."),
      instances: z.int().min(1).max(20).default(1).describe("Number of web instances."),
      cronSize: z
        .enum(slugs<AppSizeSlug>(appSizes))
        .default("apps-s-1vcpu-1gb")
        .describe("Size of the one instance that runs scheduled actions."),
    }),
  ])
  .describe("What runs Odoo.");

const database = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("droplet").describe("On the droplet itself, its data on the volume."),
      image: imageReference
        .optional()
        .describe("Image of Postgres 17, when not the one beside Odoo's in the registry."),
    }),
    z.strictObject({
      kind: z
        .literal("managed")
        .describe("DigitalOcean's managed Postgres, in the platform's private network."),
      version: z.enum(databaseVersions).default("17").describe("Postgres version. It can only rise."),
      size: z
        .enum(slugs<DatabaseSizeSlug>(databaseSizes))
        .default("db-s-1vcpu-1gb")
        .describe("Size of one node."),
      standby: z.boolean().default(false).describe("A second node that takes over. It doubles the price."),
    }),
  ])
  .prefault({ kind: "droplet" })
  .describe("Where Postgres runs.");

const odoo = z
  .strictObject({
    series: z.enum(odooSeries).default("19.0").describe("Odoo series; every addon must be of it."),
    workers: z
      .union([z.literal("auto"), z.int().min(2).max(64)], 'is neither "auto" nor a number from 2 to 64')
      .default("auto")
      .describe("Web workers; automatic reckons them from the size's cores and memory."),
    modules: z
      .array(moduleName)
      .min(1, "names none; a database has base at least")
      .default(["base", "web"])
      .describe(
        "Modules installed when the database is made. Each stands in the manifest or in Odoo itself.",
      ),
  })
  .prefault({})
  .describe("Odoo itself.");

const image = z
  .strictObject({
    registry: hostname.default("ghcr.io").describe("Registry that holds the images."),
    repository: z
      .string()
      .regex(
        /^[a-z0-9]+([._/-][a-z0-9]+)*$/,
        "is not an image's name; write it like owner/odoo, in lower case",
      )
      .describe("Name of the image in the registry."),
    tag: z
      .string()
      .regex(/^[\w][\w.-]{0,127}$/, "is not a tag; letters, digits, dots, dashes and underscores")
      .default("19.0")
      .describe("The release that a new stack begins with. Later ones come by `platform deploy`."),
  })
  .describe("The container image.");

const deploy = z
  .strictObject({
    watchMinutes: z
      .number()
      .min(0)
      .max(60)
      .default(10)
      .describe("Minutes that a new release is watched, and gone back from by itself when it is not well."),
    keepReleases: z.int().min(2).max(50).default(5).describe("Releases kept ready to roll back to."),
    keepCopiesDays: z
      .int()
      .min(1)
      .max(365)
      .default(7)
      .describe("Days that the copy made before a module update is kept."),
    copiesShareOfDisk: z
      .number()
      .min(0.05)
      .max(0.9)
      .default(0.4)
      .describe("Share of the volume that these copies may hold. The one to go back to always stays."),
  })
  .prefault({})
  .describe("Deployments and the way back.");

const tls = z
  .strictObject({
    directory: z
      .url({ protocol: /^https$/, error: "is not an https address of an ACME directory" })
      .default("https://acme-v02.api.letsencrypt.org/directory")
      .describe("ACME directory that issues the certificate."),
    contact: z.email("is not a mail address").describe("Who hears of a certificate that will not renew."),
  })
  .describe("The certificate.");

const backups = z
  .strictObject({
    hour: hour.default("02:00").describe("When the nightly backup begins, local time."),
    timeZone: timeZone.default("Asia/Singapore").describe("The time zone of that hour, by IANA name."),
    retentionDays: z.int().min(1).max(3650).default(30).describe("Days that a backup is kept."),
    drill: z
      .enum(["monthly", "weekly", "never"])
      .default("monthly")
      .describe("How often a backup is proven by restoring it. Production may not say never."),
  })
  .prefault({})
  .describe("Backups of database and filestore.");

const mail = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("smtp").describe("A relay of your own."),
      host: hostname.describe("The relay."),
      port: z
        .int()
        .min(1)
        .max(65535)
        .default(2525)
        .describe(
          "Its port; STARTTLS is required. DigitalOcean lets nothing out of a droplet on 25, 465 and 587.",
        ),
      user: z.string().min(1).describe("Who logs in there. The password is the secret smtpPassword."),
      from: z.email("is not a mail address").describe("Sender of the platform's own mail."),
    }),
    z.strictObject({
      kind: z
        .literal("mailgun")
        .describe(
          "Mailgun's US region, as postmaster@ of the domain. The credentials are the secrets mailgunSmtpPassword and mailgunApiKey. A domain in the EU goes by smtp, host smtp.eu.mailgun.org, port 2525.",
        ),
      domain: hostname.describe("The sending domain at Mailgun."),
      from: z.email("is not a mail address").describe("Sender of the platform's own mail."),
    }),
    z.strictObject({
      kind: z.literal("catcher").describe("Every mail is caught and shown; none leaves."),
      image: imageReference
        .optional()
        .describe("Image of the catcher, when not the one beside Odoo's in the registry."),
      allowedRelay: z
        .enum(["smtp.mailgun.org", "smtp.eu.mailgun.org"])
        .optional()
        .describe(
          "The one server that the firewall lets mail to all the same, on port 2525: that of a Mailgun catch-all domain.",
        ),
      from: z.email("is not a mail address").optional().describe("Sender of the platform's own mail."),
    }),
  ])
  .prefault({ kind: "catcher" })
  .describe("Where outgoing mail goes. Off production it may only be caught.");

const services = z
  .strictObject({
    n8n: z
      .strictObject({
        domain: hostname.describe("Where n8n answers; a name in the platform's zone."),
        image: imageReference
          .optional()
          .describe("Its image, when not the one beside Odoo's in the registry."),
      })
      .optional()
      .describe("Workflow automation beside Odoo; leave it out to run none."),
  })
  .prefault({})
  .describe("What runs beside Odoo.");

const repository = z.strictObject({
  owner: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,39}$/, "is not a GitHub user or organization")
    .describe("User or organization."),
  name: z
    .string()
    .regex(/^[\w.-]{1,100}$/, "is not a repository's name")
    .describe("Name of an existing repository."),
  owned: z
    .boolean()
    .default(false)
    .describe("This stack declares what exists once: protection, labels and webhook. One stack of all may."),
  branch: z.string().min(1).default("main").describe("The protected branch, which is what gets deployed."),
  requiredChecks: z
    .array(z.string().min(1))
    .default([])
    .describe("Checks that must pass before a merge, by name."),
  approvals: z.int().min(0).max(6).default(1).describe("Approving reviews that a pull request needs."),
  reviewers: z
    .array(z.string().regex(/^[A-Za-z0-9-]{1,39}(\/[\w.-]+)?$/, "is neither a user nor organization/team"))
    .max(6)
    .default([])
    .describe(
      "Who must approve a deployment to this stack: users, or organization/team. Six at most (GitHub).",
    ),
});

const repositories = z
  .array(repository)
  .default([])
  .describe("Repositories on GitHub that deploy to this stack. They are looked up, never made or deleted.");

const alerts = z
  .strictObject({
    email: z
      .array(z.email("is not a mail address"))
      .default([])
      .describe("Mail addresses, of verified members of the DigitalOcean team: it takes no others."),
    slack: z
      .strictObject({
        deployments: channel("#deployments").describe("Channel for deployments."),
        incidents: channel("#incidents").describe("Channel for incidents."),
      })
      .optional()
      .describe("Slack. The address is the secret slackWebhookUrl."),
    mattermost: z
      .strictObject({ channel: z.string().min(1).describe("Channel, without a mark.") })
      .optional()
      .describe("Mattermost. The address is the secret mattermostWebhookUrl."),
    pagerduty: z.boolean().default(false).describe("PagerDuty. The key is the secret pagerdutyRoutingKey."),
  })
  .prefault({})
  .describe("Who hears of trouble.");

const budget = z
  .strictObject({
    usdPerMonth: z.number().positive().default(20).describe("What the whole stack may cost, in USD a month."),
  })
  .prefault({})
  .describe("What it may cost. A policy refuses a stack that costs more.");

const maskRules = [
  "names",
  "mails",
  "phones",
  "addresses",
  "bankAccounts",
  "messages",
  "attachments",
] as const;

const tableName = z
  .string()
  .regex(/^(\*|[a-z_][a-z0-9_]{0,62})$/, "is not a table's or column's name; * is any");

const clone = z
  .strictObject({
    mask: z
      .array(
        z.union(
          [
            z.enum(maskRules),
            z.strictObject({
              column: z
                .string()
                .regex(/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/, "is not a column; write it like table.column")
                .describe("A column of your own modules, like x_visit.x_person."),
              as: z.enum(["empty", "name", "mail", "phone"]).describe("What stands there instead."),
            }),
          ],
          `is neither a column nor one of ${maskRules.join(", ")}`,
        ),
      )
      .default([])
      .describe("Which personal data a clone that comes here does not show: each value becomes another."),
    keepPasswords: z
      .boolean()
      .default(false)
      .describe(
        "People log in with the source's passwords. Else only the administrator can, with this stack's.",
      ),
    allow: z
      .array(
        z.strictObject({
          table: tableName.default("*").describe("Table of the database."),
          column: tableName.default("*").describe("Its column."),
          kind: z.string().min(1).default("*").describe("Kind of the finding, as the scan names it."),
          reason: z.string().min(5).describe("Why it is no credential."),
        }),
      )
      .default([])
      .describe("What the scan for credentials finds and lets pass."),
  })
  .prefault({})
  .describe("Clones of another stack's data that come here (docs/clone.md).");

function channel(name: string) {
  return z
    .string()
    .regex(/^#[\w-]+$/, "is not a channel; it begins with #")
    .default(name);
}

/** Every section of a stack's settings, by name. Secrets stand in none of them: settings/secrets.ts. */
export const sections = {
  platform,
  host,
  database,
  odoo,
  image,
  deploy,
  tls,
  backups,
  mail,
  services,
  repositories,
  alerts,
  budget,
  clone,
} as const;

export type SectionName = keyof typeof sections;

/** A stack's settings, complete and checked. */
export type Settings = { [name in SectionName]: z.output<(typeof sections)[name]> };
