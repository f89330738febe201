import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { z } from "zod";

/** A name that every vendor takes for a resource. @see https://docs.digitalocean.com/reference/api/ (droplet and bucket names) */
export const resourceName = z
  .string()
  .regex(
    /^[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/,
    "is not a name; at most 30 lower case letters, digits and dashes, a letter first and no dash last",
  );

/** A fully qualified host name in lower case, without scheme, port or path. */
export const hostname = z
  .string()
  .max(253, { abort: true })
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/,
    "is not a domain name; write it like erp.example.com",
  );

/** A network in CIDR form that is not the whole internet. A bare address is none: write /32 or /128. */
export const cidr = z
  .string()
  .refine(isCidr, {
    error: "is not a network; write it like 203.0.113.0/24, or 203.0.113.7/32 for one address",
    abort: true,
  })
  .refine(
    (text) => !text.endsWith("/0"),
    "is the whole internet; name the networks your administrators come from",
  );

/** A time of day on the full minute, such as 02:00. */
export const hour = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day; write it like "02:00", in quotes');

/** An IANA time zone that this Node knows. */
export const timeZone = z
  .string()
  .refine(isTimeZone, "is not a time zone; write an IANA name like Asia/Singapore");

/** The technical name of an Odoo module. */
export const moduleName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, "is not a module's technical name; it looks like sale_management");

/** One certificate in PEM form, and nothing beside it that is more than a remark. */
export const certificate = z
  .string()
  .refine(isOneCertificate, "is not one certificate in PEM form; it begins with -----BEGIN CERTIFICATE-----");

/** A whole reference of a container image: registry, name, and a tag or digest. */
export const imageReference = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/,
    "is not an image's reference; write it like ghcr.io/owner/name:tag",
  );

function isOneCertificate(text: string): boolean {
  if (text.split("-----BEGIN ").length !== 2) return false;
  try {
    return new X509Certificate(text).subject !== "";
  } catch {
    return false;
  }
}

function isCidr(text: string): boolean {
  const [address = "", bits = "", ...rest] = text.split("/");
  // An address with a scope ("fe80::1%eth0") is one of a single machine.
  const version = address.includes("%") ? 0 : isIP(address);
  const size = version === 4 ? 32 : 128;
  return rest.length === 0 && version !== 0 && /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= size;
}

// Intl takes offsets and any case too; a machine's zones are files.
function isTimeZone(name: string): boolean {
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
    return /^[A-Z]/.test(name) && (known === name || known.toLowerCase() !== name.toLowerCase());
  } catch {
    return false;
  }
}
