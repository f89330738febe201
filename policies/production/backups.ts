import { objectsOf, type PlatformInputs, violation } from "./platform.ts";
import { type Declared, stackRule } from "./stack-rule.ts";

const leastDays = 30;
const drills: ReadonlySet<unknown> = new Set(["weekly", "monthly"]);

/**
 * In production backups are kept for 30 days at least, proven by a drill, and stand where deleting them can be undone, by a key
 * that cannot switch that off.
 */
export const backups = stackRule({
  name: "production/backups",
  description: "Production has backups of 30 days and a drill.",
  check: ({ platforms, resources }, report) => {
    const production = platforms.filter(({ props }) => props.platform?.environment === "production");
    for (const platform of production) checkSettings(platform, report);
    const [first] = production;
    if (!first) return;
    const buckets = resources.filter(({ type }) => type === "digitalocean:index/spacesBucket:SpacesBucket");
    if (!buckets.some((bucket) => isForBackups(bucket) && isVersioned(bucket))) {
      const fix = "declare a SpacesBucket for backups with versioning: { enabled: true }";
      report(violation(first, "no bucket for backups keeps what is deleted or overwritten", fix), first.urn);
    }
    const kept = Math.max(
      leastDays,
      ...production.map(({ props }) => Number(props.backups?.retentionDays) || 0),
    );
    for (const bucket of buckets) {
      const least = isForBackups(bucket) ? kept : leastDays;
      const days = shortestDays(bucket.props["lifecycleRules"]);
      if (days >= least) continue;
      const fault = `a lifecycle rule deletes after ${days} days`;
      report(violation(bucket, fault, `let it keep ${least} days at least`), bucket.urn);
    }
    for (const key of resources.filter(({ type }) => type === "digitalocean:index/spacesKey:SpacesKey")) {
      if (!mayDoEverything(key)) continue;
      const fault = "the key may switch off what keeps deleted backups";
      report(violation(key, fault, 'grant it "read" or "readwrite" of its bucket'), key.urn);
    }
  },
});

function checkSettings(
  platform: Declared<PlatformInputs>,
  report: (message: string, urn: string) => void,
): void {
  const { retentionDays, drill } = platform.props.backups ?? {};
  if (typeof retentionDays !== "number" || retentionDays < leastDays) {
    const days = typeof retentionDays === "number" ? `${retentionDays} days` : "an unknown time";
    const fault = `backups are kept ${days}, and production needs ${leastDays} days`;
    report(violation(platform, fault, `set backups.retentionDays to ${leastDays} or more`), platform.urn);
  }
  if (!drills.has(drill)) {
    const fault = "no drill proves that a backup can be restored";
    report(violation(platform, fault, "set backups.drill to monthly or weekly"), platform.urn);
  }
}

/** By its name in the program: another bucket's versions bring no backup back. */
const isForBackups = ({ name }: Declared): boolean => /(^|-)backups(-|$)/.test(name);

/** "fullaccess" may drop buckets and change their rules, of the whole account. */
const mayDoEverything = ({ props }: Declared): boolean =>
  objectsOf<{ permission?: unknown }>(props["grants"]).some(
    ({ permission }) => permission !== "read" && permission !== "readwrite",
  );

function isVersioned({ props }: Declared): boolean {
  return (props["versioning"] as { enabled?: unknown } | undefined)?.enabled === true;
}

interface LifecycleRule {
  readonly enabled?: unknown;
  readonly expiration?: { readonly days?: unknown };
  readonly noncurrentVersionExpiration?: { readonly days?: unknown };
}

/** The fewest days after which an enabled rule deletes something; infinite where none does. */
function shortestDays(rules: unknown): number {
  const enabled = objectsOf<LifecycleRule>(rules).filter((rule) => rule.enabled !== false);
  const days = enabled.flatMap((rule) => [rule.expiration?.days, rule.noncurrentVersionExpiration?.days]);
  return Math.min(Infinity, ...days.filter((one) => one !== undefined).map(Number));
}
