import type { ResourceValidationArgs } from "@pulumi/policy";

export const platformType = "odoo-platform:index:OdooPlatform";

/**
 * The settings that the rules read, as the platform's inputs hold them: one property a section. All are optional here,
 * since a rule also has to answer for a program that leaves them out.
 */
export interface PlatformInputs {
  readonly platform?: { readonly environment?: string };
  readonly tls?: { readonly directory?: string };
  readonly backups?: { readonly retentionDays?: number; readonly drill?: string };
  readonly mail?: { readonly kind?: string };
  readonly repositories?: readonly RepositoryInputs[];
  readonly budget?: { readonly usdPerMonth?: number };
}

export interface RepositoryInputs {
  readonly owner?: string;
  readonly name?: string;
  readonly owned?: boolean;
  readonly branch?: string;
  readonly requiredChecks?: readonly string[];
  /** False where the owner's GitHub plan cannot protect it. */
  readonly protectable?: boolean;
}

/** `web (digitalocean:index/firewall:Firewall): FAULT. Fix: FIX` */
export function violation(
  { name, type }: Pick<ResourceValidationArgs, "name" | "type">,
  fault: string,
  fix: string,
): string {
  return `${name} (${type}): ${fault}. Fix: ${fix}`;
}

/** What should be a list, as one: a single thing counts as a list of one, and nothing as none. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The objects of what should be a list of objects; whatever else stands in it is left out. */
export function objectsOf<Element extends object>(value: unknown): Element[] {
  return listOf(value).filter((one): one is Element => typeof one === "object" && one !== null);
}
