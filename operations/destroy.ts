import { confirmName } from "./confirm.ts";
import { backupOf } from "./backups/card.ts";
import { checkCredentials } from "./credentials.ts";
import { short } from "./card.ts";
import { emptyBuckets } from "./empty-buckets.ts";
import { nameOf } from "./engine-events.ts";
import { enterStack } from "./engine-env.ts";
import { withLock } from "./lock.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readSettings } from "./project.ts";
import { recover } from "./recover.ts";
import { requireRoom } from "./state-folder.ts";
import type { PlatformStack } from "./stack.ts";
import type { StateResource } from "./state.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/**
 * Takes the stack away on its typed name. What others need stays, in the stack and protected, unless it is asked for: the
 * backups' bucket, and the DNS zone with the records that other stacks and people have put there. A later `up` goes on
 * with both.
 */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, options, progress, signal } = context;
  enterStack(stack);
  const settings = readSettings(stack);
  requirePassphrase(stack);
  requireRoom();
  const spared = [
    ...(options["withBackups"] === true ? [] : [backups]),
    ...(options["withZone"] === true ? [] : [zone]),
  ];
  const { PlatformStack } = await import("./stack.ts");
  const opened = await PlatformStack.open(stack);
  const { domain, zone: ownZone } = settings.platform;
  const zoneToo = spared.includes(zone) || !ownZone.owned ? "" : ` and the whole DNS zone ${ownZone.name}`;
  const backupsToo = spared.includes(backups) ? "" : ", its backups";
  const backup = await progress.step("Asking for its backups", () => backupOf(stack, settings, signal));
  progress.note(`  Backup    ${backup}`);
  await confirmName(context, `This deletes machine, database and files of ${domain}${backupsToo}${zoneToo}.`);
  await progress.step("Checking credentials", () => checkCredentials(settings.repositories));
  return await withLock(stack, "destroy", async () => {
    await recover(context);
    // A resource that went away outside would make its neighbours' deletion fail; the state must know.
    await progress.step("Looking at what is there", (tell) => opened.refresh({ signal, tell }));
    const resources = (await opened.exportState()).deployment.resources ?? [];
    const kept = resources.filter((one) => one.protect === true && spared.some((spares) => spares(one)));
    const buckets = resources.filter((one) => short(one.type) === "SpacesBucket" && !kept.includes(one));
    if (buckets.length > 0) {
      await progress.step("Emptying buckets", (tell) => emptyBuckets(stack, buckets, tell, signal));
    }
    const engine = await unprotected(opened, kept, () =>
      progress.step(`Destroying ${stack}`, (tell) =>
        opened.destroy({ signal, tell, keepProtected: kept.length > 0 }),
      ),
    );
    const deleted = engine.changes.filter(({ op }) => op === "delete").length;
    return {
      json: { backup, deleted, kept: kept.map(({ urn }) => urn), seconds: engine.seconds },
      text: [
        `${stack}: ${deleted} resources deleted in ${engine.seconds.toFixed(1)} s.`,
        ...kept.map(
          (one) =>
            `Stays, protected: ${nameOf(one.urn)}; ${backups(one) ? "--with-backups" : "--with-zone"} deletes it too.`,
        ),
      ].join("\n"),
    };
  });
};

type Spares = (resource: StateResource) => boolean;

const backups: Spares = ({ type, urn }) => short(type) === "SpacesBucket" && urn.endsWith("-backups-bucket");
const zone: Spares = ({ type }) => short(type) === "Domain";

/** Runs with the protection off everything but what is kept, and puts it back on what is left when the run fails. */
async function unprotected<T>(
  stack: PlatformStack,
  kept: StateResource[],
  run: () => Promise<T>,
): Promise<T> {
  const keptUrns = kept.map(({ urn }) => urn);
  const taken = await setProtection(stack, (one) => one.protect === true && keptUrns.includes(one.urn));
  try {
    return await run();
  } catch (error) {
    await setProtection(stack, (one) => one.protect === true || taken.includes(one.urn));
    throw error;
  }
}

/** Protects these and no others; returns those that have lost their protection. */
async function setProtection(stack: PlatformStack, isProtected: Spares): Promise<string[]> {
  const exported = await stack.exportState();
  const lost: string[] = [];
  for (const resource of exported.deployment.resources ?? []) {
    const now = isProtected(resource);
    if (resource.protect === true && !now) lost.push(resource.urn);
    if (resource.protect !== undefined || now) resource.protect = now;
  }
  await stack.importState(exported);
  return lost;
}
