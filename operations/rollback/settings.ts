import { isDeepStrictEqual } from "node:util";
import type { RawConfig } from "../../settings/check.ts";
import { completeSettings } from "../../settings/complete.ts";
import { type SectionName, sections } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";

/** One value that differs between two updates. */
export interface Difference {
  /** Such as "odoo.workers". */
  path: string;
  /** As it was then, and is now; undefined where it was not written. */
  was: unknown;
  is: unknown;
}

/** What of an earlier update's settings comes back. */
export interface Restoration {
  /** Sections for the update, as that one had them; null for one that it did not have. */
  sections: Record<string, unknown>;
  restored: Difference[];
  /** What differs and stays as it is today, each with its reason. */
  stays: (Difference & { why: string })[];
}

/** Sections that come back: Odoo, and what stands on the machine around it. */
const restorable: readonly SectionName[] = ["odoo", "tls", "mail", "services"];

/** Why the others stay. A section that is in neither list is left out of no update, so it is named here. */
const staying: Readonly<Partial<Record<SectionName, string>>> = {
  platform: "names and places would make everything anew",
  host: "sizes, and who may enter, are of today",
  database: "its kind, version and size go one way only",
  image: "the release itself says what runs",
  backups: "a shorter time would delete backups",
  repositories: "they are other stacks' too",
  alerts: "who hears of trouble is of today",
  budget: "what it may cost is of today",
  deploy: "how releases are brought is of today",
  clone: "what a clone hides is of today",
};

/**
 * What going back to an update does to the settings. Secrets, and whatever would replace or shrink data, stay as they are.
 *
 * @param then its plain settings, out of the history
 * @param now those in force, with which of the file's keys are secret
 */
export function restorationOf(then: Record<string, unknown>, now: RawConfig, stack: string): Restoration {
  const result: Restoration = { sections: {}, restored: [], stays: [] };
  for (const name of Object.keys(sections) as SectionName[]) {
    const differences = differencesOf(name, then[name], now.values[name]);
    if (differences.length === 0) continue;
    const why = staying[name] ?? refusalOf(name, then[name], now, stack);
    if (!restorable.includes(name) || why !== undefined) {
      result.stays.push(...differences.map((one) => ({ ...one, why: why ?? "it stays as it is today" })));
      continue;
    }
    result.sections[name] = then[name] ?? null;
    result.restored.push(...differences);
  }
  return result;
}

/** Why a section cannot come back although it may: data of its own, a secret that is gone, a value that is no longer allowed. */
function refusalOf(name: SectionName, then: unknown, now: RawConfig, stack: string): string | undefined {
  if (name === "services" && hasN8n(then) !== hasN8n(now.values[name])) return "n8n has data of its own";
  const values = { ...now.values, [name]: then };
  if (then === undefined) delete values[name];
  try {
    completeSettings({ ...now, values }, stack);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `today it would be refused (${error.message.split("\n").slice(1, 2).join("").trim()})`;
  }
}

const hasN8n = (services: unknown): boolean => isPlain(services) && "n8n" in services;

/** Values of a section that differ, defaults filled in where both are valid. */
function differencesOf(name: SectionName, then: unknown, now: unknown): Difference[] {
  const [one, other] = [then, now].map((value) => complete(name, value));
  if (isDeepStrictEqual(one, other)) return [];
  if (!isPlain(one) || !isPlain(other)) return [{ path: name, was: one, is: other }];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((key) => !isDeepStrictEqual(one[key], other[key]))
    .map((key) => ({ path: `${name}.${key}`, was: one[key], is: other[key] }));
}

function complete(name: SectionName, value: unknown): unknown {
  const parsed = sections[name].safeParse(value);
  return parsed.success ? parsed.data : value;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** "odoo.workers: 4 → 2" */
export const differenceText = ({ path, was, is }: Difference): string =>
  `${path}: ${shown(is)} → ${shown(was)}`;

function shown(value: unknown): string {
  if (value === undefined) return "not set";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
