import { backupOf } from "./backups/card.ts";
import { type Card, type ReleaseCard, cardText, changeList, makeCard } from "./card.ts";
import { enterStack } from "./engine-env.ts";
import { refusal } from "./engine-failure.ts";
import { requirePassphrase } from "./passphrase.ts";
import { readSettings } from "./project.ts";
import type { Context, Outcome, Run } from "./verb.ts";
import type { EngineRun, Program } from "./stack.ts";
import type { Overlay } from "./overlay.ts";

/** Shows what an update would change, cost and risk. Writes nothing. */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, options } = context;
  const passOver = options["withRefusals"] === true;
  const noPolicies = options["policies"] === false;
  const { card, engine, broken } = await previewStack(context, { noPolicies, passOver });
  const refused = broken.length > 0 ? refusal(stack, mandatory(engine)) : undefined;
  return {
    ...(refused && { exit: refused.exit }),
    json: {
      ...(refused && { error: { code: refused.exit, message: refused.message } }),
      card,
      warnings: engine.warnings,
      violations: engine.violations,
      seconds: engine.seconds,
    },
    text: [
      changeList(card),
      cardText(card),
      ...engine.warnings.map((text) => `\nWarning: ${text}`),
      ...(refused ? [`\n${refused.message}`] : []),
    ].join("\n"),
    ...(card.changes.length > 0 && !refused ? { next: `platform up --stack ${stack}` } : {}),
  };
};

const mandatory = ({ violations }: EngineRun): EngineRun["violations"] =>
  violations.filter((one) => one.mandatory);

export interface PreviewOptions {
  noPolicies?: boolean;
  /** Whose account it is, for the card. */
  account?: string | undefined;
  /** What the update would be given beside the settings. */
  overlay?: Overlay;
  /** By another program than today's. */
  program?: Program | undefined;
  /** What comes to run, for the card. */
  release?: ReleaseCard | undefined;
  /** What the card says of the backups, where it was asked already. */
  backup?: string | undefined;
  /** Policies that are broken are told, and do not refuse. */
  passOver?: boolean;
  /** Against what is really there, so that what somebody changed outside is told too. */
  refresh?: boolean;
}

/**
 * Previews the context's stack: what `preview` shows and `up` asks about.
 * @throws {UserError} badInput, noSuchStack, notAuthenticated, policyViolation, failed
 */
export async function previewStack(
  { stack, progress, signal }: Context,
  {
    noPolicies = false,
    account,
    overlay,
    program,
    release,
    backup,
    passOver,
    refresh = false,
  }: PreviewOptions = {},
): Promise<{ card: Card; engine: EngineRun; broken: string[] }> {
  enterStack(stack);
  const settings = readSettings(stack);
  requirePassphrase(stack);
  const backups = backup ?? backupOf(stack, settings, signal);
  const engine = await progress.step(
    `Previewing ${stack}${noPolicies ? ", without policies" : ""}`,
    async (tell) => {
      const { PlatformStack } = await import("./stack.ts");
      const opened = await PlatformStack.open(stack, { create: true, ...(program ? { program } : {}) });
      return await opened.preview({
        signal,
        tell,
        noPolicies,
        // A deployment that failed has changed an app's spec all the same, and the state does not know.
        refresh: refresh || (overlay !== undefined && settings.host.kind === "app"),
        despitePolicies: passOver === true,
        ...(overlay ? { overlay } : {}),
      });
    },
  );
  const broken = mandatory(engine);
  if (broken.length > 0 && !passOver) throw refusal(stack, broken);
  const names = [...new Set(broken.map(({ policy }) => policy))];
  const card = makeCard(stack, settings, engine, account, release, await backups);
  return { card, engine, broken: names };
}
