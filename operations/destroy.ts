import { confirmName } from "./confirm.ts";
import { checkCredentials } from "./credentials.ts";
import { short } from "./card.ts";
import { emptyBuckets } from "./empty-buckets.ts";
import { enterStack } from "./engine-env.ts";
import { withLock } from "./lock.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readSettings } from "./project.ts";
import { recover } from "./recover.ts";
import type { PlatformStack } from "./stack.ts";
import type { StateResource } from "./state.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/**
 * Takes the stack away on its typed name. The backups' bucket stays, in the stack and protected, unless it is asked for:
 * a later `up` goes on with it.
 */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, options, progress, signal } = context;
  enterStack(stack);
  const settings = readSettings(stack);
  requirePassphrase(stack);
  const withBackups = options["withBackups"] === true;
  const { PlatformStack } = await import("./stack.ts");
  const opened = await PlatformStack.open(stack);
  const what = withBackups ? "everything, the backups too" : "everything but the backups";
  await confirmName(
    context,
    `This deletes ${what}: machine, database and files of ${settings.platform.domain}.`,
  );
  await progress.step("Checking credentials", () => checkCredentials(settings.repositories.length > 0));
  return await withLock(stack, "destroy", async () => {
    await recover(context);
    // A resource that went away outside would make its neighbours' deletion fail; the state must know.
    await progress.step("Looking at what is there", (tell) => opened.refresh({ signal, tell }));
    const { kept, buckets } = await unprotect(opened, withBackups);
    if (buckets.length > 0)
      await progress.step("Emptying buckets", (tell) => emptyBuckets(stack, buckets, tell));
    const engine = await progress.step(`Destroying ${stack}`, (tell) =>
      opened.destroy({ signal, tell, keepProtected: kept.length > 0 }),
    );
    const deleted = engine.changes.filter(({ op }) => op === "delete").length;
    return {
      json: { deleted, kept: kept.map(({ urn }) => urn), seconds: engine.seconds },
      text: [
        `${stack}: ${deleted} resources deleted in ${engine.seconds.toFixed(1)} s.`,
        ...(kept.length > 0 ? ["The backups stay, protected; --with-backups deletes them too."] : []),
      ].join("\n"),
    };
  });
};

/** Takes the protection off everything, but of the backups' bucket where it shall stay. */
async function unprotect(
  stack: PlatformStack,
  withBackups: boolean,
): Promise<{ kept: StateResource[]; buckets: StateResource[] }> {
  const exported = await stack.exportState();
  const resources = exported.deployment.resources ?? [];
  const kept = resources.filter((one) => one.protect === true && !withBackups && isBackupBucket(one));
  for (const resource of resources)
    if (resource.protect === true && !kept.includes(resource)) resource.protect = false;
  await stack.importState(exported);
  const buckets = resources.filter((one) => short(one.type) === "SpacesBucket" && !kept.includes(one));
  return { kept, buckets };
}

const isBackupBucket = ({ type, urn }: StateResource): boolean =>
  short(type) === "SpacesBucket" && urn.endsWith("-backups-bucket");
