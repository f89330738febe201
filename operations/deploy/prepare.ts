import type { Release } from "../../components/release.ts";
import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import type { Card, ReleaseCard } from "../card.ts";
import { type Guard, guardOf } from "../backups/gate.ts";
import { checkCredentials } from "../credentials.ts";
import type { Finding } from "../health/check.ts";
import { previewStack } from "../preview.ts";
import { type PlatformReading, readSecrets, readStack } from "../stack-reader.ts";
import type { EngineRun } from "../stack.ts";
import type { Context } from "../verb.ts";
import type { Looks } from "./gate.ts";
import { type Cargo, handIn } from "./trip.ts";
import type { Plan } from "./machine.ts";
import { releaseOfTag } from "./target.ts";

/** What is known before anything is changed. */
export interface Found {
  /** Whose DigitalOcean account it is. */
  account: string;
  release: Release;
  /** Undefined before the first update. */
  reading: PlatformReading | undefined;
  /** What comes with it, where it is another commit's. */
  cargo?: Pick<Cargo, "sections" | "program" | "unknown" | "update">;
}

/**
 * Asks vendors, registry and stack: who we are, whether there is such an image, and what runs.
 * @throws {UserError} badInput, notAuthenticated, failed
 */
export async function lookUp(
  { stack, signal, progress }: Context,
  settings: Settings,
  wanted: { tag: string; digest?: string },
): Promise<Found> {
  return await progress.step("Checking credentials, registry and stack", async () => {
    const [account, reading] = await Promise.all([
      checkCredentials(settings.repositories),
      readStack(stack, signal).catch(unlessNew),
    ]);
    const secrets = reading?.secrets ?? (await readSecrets(stack, signal));
    const credentials = secrets.get("registryCredentials");
    return { account, reading, release: await releaseOfTag(settings, wanted, { credentials, signal }) };
  });
}

function unlessNew(error: unknown): undefined {
  if (error instanceof UserError && error.exit === "noSuchStack") return undefined;
  throw error;
}

/** What the platform is like, and what bringing the release would do to it. */
export interface Prospect {
  before: Finding[] | undefined;
  /** Undefined where there is no machine to ask. */
  plan: Plan | undefined;
  /** What stands behind the data. */
  guard: Guard;
}

/**
 * Looks at what runs, and asks the machine what the release would do: is it reachable, is there room, which modules update.
 * @throws {UserError} failed
 */
export async function prospectOf(
  { stack, signal, progress }: Context,
  { reading, release }: Found,
  { settings, looks, rehearse }: { settings: Settings; looks: Looks; rehearse: boolean },
): Promise<Prospect> {
  if (!reading || looks.unseen(stack, settings) !== undefined) {
    const guard = await guardOf(looks, reading, { stack, settings, signal });
    return { before: undefined, plan: undefined, guard };
  }
  return await progress.step(`Asking ${stack} what ${release.tag} would do`, async () => {
    const onMachine = settings.host.kind === "droplet";
    const [before, plan, guard] = await Promise.all([
      looks.look(reading, settings, signal),
      onMachine ? looks.plan(reading, release, { signal, rehearse }) : undefined,
      guardOf(looks, reading, { stack, settings, signal }),
    ]);
    return { before, plan, guard };
  });
}

/** What the card says of the release. */
export function releaseCard(
  stack: string,
  previous: Release | undefined,
  release: Release,
  plan: Plan | undefined,
): ReleaseCard {
  const kind = plan?.kind ?? "unknown";
  const back = `platform rollback --stack ${stack}`;
  return {
    from: previous?.tag,
    to: release.tag,
    kind,
    modules: plan?.modules ?? [],
    rehearsalSeconds: plan?.rehearsalSeconds ?? null,
    wayBack:
      previous === undefined
        ? "none: it is the first release"
        : kind === "modules"
          ? `${back} --with-data: the copy that is made before it`
          : back,
  };
}

/** The card, after a preview with the policies on. @throws {UserError} policyViolation and whatever a preview ends in */
export async function previewOf(
  context: Context,
  { account, release, cargo }: Found,
  card: ReleaseCard,
  { text: backup }: Guard,
): Promise<{ card: Card; engine: EngineRun }> {
  const { sections = {}, unknown = false, program } = cargo ?? {};
  handIn(release, unknown);
  return await previewStack(context, {
    account,
    overlay: { release, sections, unknown },
    release: card,
    backup,
    program,
  });
}
