import assert from "node:assert/strict";
import type { z } from "zod";
import {
  certificate,
  cidr,
  hostname,
  hour,
  imageReference,
  moduleName,
  resourceName,
  timeZone,
} from "../../settings/formats.ts";
import { authority } from "./sample.ts";

const label = "a".repeat(63);

const scenes: [what: string, format: z.ZodType, good: string[], bad: string[]][] = [
  [
    "a resource's name",
    resourceName,
    ["o", "odoo-19", "a".repeat(30)],
    ["", "Odoo", "1odoo", "-odoo", "odoo-", "odoo_", "a".repeat(31)],
  ],
  [
    "a domain",
    hostname,
    ["example.com", "erp.example.co.uk", "xn--bcher-kva.example", `${label}.example.com`],
    [
      "",
      "example",
      "ERP.example.com",
      "erp..com",
      "-a.com",
      "a-.com",
      "https://a.com",
      "a.com:80",
      "a.com.",
      "10.0.0.1",
      `${label}a.com`,
      `${"a.".repeat(130)}com`,
    ],
  ],
  [
    "a network",
    cidr,
    ["10.0.0.0/8", "203.0.113.7/32", "2001:db8::/32", "::1/128"],
    [
      "",
      "10.0.0.0",
      "10.0.0.0/33",
      "10.0.0.0/08",
      "10.0.0/8",
      "10.0.0.0/8/8",
      "::/129",
      "fe80::1%eth0/64",
      "office/24",
      "10.0.0.0/-1",
    ],
  ],
  ["the whole internet", cidr, [], ["0.0.0.0/0", "::/0", "0.0.0.0/00", "10.0.0.0/0"]],
  ["a time of day", hour, ["00:00", "02:00", "23:59"], ["2:00", "24:00", "02:60", "02:00:00", "02"]],
  [
    "a time zone",
    timeZone,
    ["Asia/Singapore", "UTC", "US/Eastern", "America/Argentina/Buenos_Aires"],
    ["", "+08:00", "asia/singapore", "ASIA/SINGAPORE", "Asia/Singapur", "SGT"],
  ],
  [
    "a certificate",
    certificate,
    [authority, authority.trim(), `# Example Root\n${authority}`],
    [
      "",
      "example.com",
      authority + authority,
      authority.slice(0, 200),
      authority.replaceAll("CERTIFICATE", "PUBLIC KEY"),
      authority.replace("MIIB", "AAAA"),
    ],
  ],
  [
    "an image's reference",
    imageReference,
    [
      "ghcr.io/acme/odoo:19.0",
      "localhost:5000/odoo:1",
      `ghcr.io/acme/odoo-postgres@sha256:${"a".repeat(64)}`,
      "a.example.com/a/b/c__d:x",
    ],
    [
      "",
      "odoo",
      "ghcr.io/acme/odoo",
      "ghcr.io/Acme/odoo:1",
      "ghcr.io/acme/odoo@sha256:1",
      "a/b:1 c",
      "a/b:$(id)",
    ],
  ],
  [
    "a module's name",
    moduleName,
    ["base", "l10n_sg", "a"],
    ["Sale", "sale-management", "2fa", "", "sale.order"],
  ],
];

for (const [what, format, good, bad] of scenes) {
  describe(what, () => {
    for (const text of good) it(`can be ${text}`, () => assert.ok(format.safeParse(text).success));
    for (const text of bad) {
      it(`cannot be ${text.length > 40 ? `${text.length} characters` : `"${text}"`}`, () => {
        const { error } = format.safeParse(text);
        assert.equal(error?.issues.length, 1, "one fault, and no more than one");
      });
    }
  });
}
