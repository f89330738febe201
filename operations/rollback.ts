import type { Settings } from "../settings/schema.ts";
import { UserError } from "../user-error.ts";
import { checkCredentials } from "./credentials.ts";
import { type Looks, looks as realLooks } from "./deploy/gate.ts";
import { enterStack } from "./engine-env.ts";
import { withLock } from "./lock.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readSettings } from "./project.ts";
import { recover } from "./recover.ts";
import { type Target, chooseTarget, knownOf } from "./rollback/choose.ts";
import { toCommit } from "./rollback/commit.ts";
import { toUpdate } from "./rollback/go.ts";
import { listOf, listText } from "./rollback/show.ts";
import { readStack } from "./stack-reader.ts";
import { requireRoom } from "./state-folder.ts";
import { together } from "./together.ts";
import { requireMachines } from "./up.ts";
import type { Context, Outcome, Run } from "./verb.ts";

/** Goes back to an earlier update: its release and its settings, through engine and policies. */
export const run: Run = (context) => rollback(context, realLooks);

/** The same with other eyes, for scenes. */
export async function rollback(context: Context, looks: Looks): Promise<Outcome> {
  const { stack, options, signal } = context;
  enterStack(stack);
  delete process.env["PLATFORM_RELEASE"];
  const settings = readSettings(stack);
  requirePassphrase(stack);
  if (options["list"] === true) return await list(context);
  if (options["program"] !== undefined && options["program"] !== "current")
    throw new UserError(
      "badInput",
      `--program: "${String(options["program"])}" is not known; there is current`,
    );
  requireMachines(stack, settings.host.kind);
  requireRoom();
  // Loaded while the rest is asked: a second that nobody waits for.
  const engine = import("./stack.ts");
  const wait = options["wait"] === true ? signal : undefined;
  const outcome = withLock(stack, "rollback", () => locked(context, settings, looks), wait);
  await Promise.all([outcome, engine]);
  return await outcome;
}

async function list(context: Context): Promise<Outcome> {
  const { stack, progress } = context;
  const known = await progress.step(`Reading the history of ${stack}`, () => knownOf(context));
  const points = listOf(known, stack);
  return {
    json: { points },
    text: listText(points, stack),
    next: `platform rollback --to NUMBER --stack ${stack}`,
  };
}

async function locked(context: Context, settings: Settings, looks: Looks): Promise<Outcome> {
  const { stack, options, signal, progress } = context;
  const quiet = { ...context, progress: { ...progress, step: (_: string, run: Step) => run(() => {}) } };
  const [known, reading, { opened, unsure }] = await progress.step(
    "Checking credentials, history and stack",
    () =>
      together([
        knownOf(context),
        readStack(stack, signal),
        recover(quiet as Context),
        checkCredentials(settings.repositories),
      ]),
  );
  const previous = reading.outputs.release ?? known.past.newest?.release;
  if (!previous) throw new UserError("badInput", `${stack}: no release of it runs yet`);
  const leave = options["ifRuns"];
  if (typeof leave === "string" && leave !== previous.tag && unsure.length === 0 && !known.past.halfWay)
    return { json: { changed: false }, text: `${stack}: ${leave} does not run, ${previous.tag} does.` };
  const start = { context, settings, looks, known, reading, previous, opened, unsure };
  const target: Target = await chooseTarget(context, known, unsure.length > 0);
  return target.kind === "update" ? await toUpdate(start, target.point) : await toCommit(start, target.sha);
}

type Step = (tell: (text: string) => void) => Promise<unknown>;
