import { type Release, copyOf } from "../../components/release.ts";
import type { Settings } from "../../settings/schema.ts";
import type { Dispatch } from "../dispatch/dispatch.ts";
import type { EngineRun, PlatformStack, Program, UpOptions } from "../stack.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { TripVerb } from "../evidence/readme.ts";
import type { Finding } from "../health/check.ts";
import type { UpdateRecord } from "../overlay.ts";
import type { Known } from "../rollback/choose.ts";
import { type PlatformReading, readStack } from "../stack-reader.ts";
import type { Context } from "../verb.ts";
import { type Gated, type Looks, gate } from "./gate.ts";

/** What a deploy and a rollback have in hand all along. */
export interface Trip {
  context: Context;
  verb: TripVerb;
  /** Who asked for it. */
  actor: string;
  settings: Settings;
  looks: Looks;
  evidence: Evidence;
  previous: Release | undefined;
  dispatch?: Dispatch;
  /** The stack's history before it. */
  known: Known;
  /** How the platform was before. */
  before?: Finding[];
  /** The stack, as it was found in order before; commands that are to run again, whatever the state says. */
  opened: PlatformStack;
  unsure: string[];
  /** Aborted by Ctrl-C. */
  interrupted: AbortSignal;
  /** People were told that it is on its way, and hear how it ends. */
  announced?: boolean;
}

/** What the engine is to bring. */
export interface Cargo {
  release: Release;
  update: Omit<UpdateRecord, "verb" | "by">;
  sections?: Record<string, unknown>;
  program?: Program | undefined;
  passOver?: string[];
  replace?: string[];
  /** The program does not take the release out of the configuration. */
  unknown?: boolean;
  message: string;
}

/** Runs the engine once, with the release in the update's own configuration. */
export async function bring(
  { context, verb, actor, evidence, settings, opened: today, unsure }: Trip,
  { release, update, sections, program, unknown = false, message, ...rest }: Cargo,
  { signal, tell, done }: Pick<UpOptions, "signal" | "tell" | "done">,
): Promise<EngineRun> {
  const { stack } = context;
  const { PlatformStack } = await import("../stack.ts");
  return await evidence.step(`bring ${release.tag}`, async () => {
    handIn(release, unknown);
    const opened = program ? await PlatformStack.open(stack, { program }) : today;
    const options: UpOptions = {
      ...rest,
      replace: [...new Set([...unsure, ...(rest.replace ?? [])])],
      signal,
      message,
      // A deployment that failed has changed the app's spec all the same, and the state does not know.
      refresh: settings.host.kind === "app",
      overlay: {
        release,
        update: { verb, by: actor, ...update },
        unknown,
        ...(sections ? { sections } : {}),
      },
      ...(tell ? { tell } : {}),
      ...(done ? { done } : {}),
    };
    return await opened.up(options);
  });
}

/** To a program of before that does not take the release out of the configuration; no later one of this process may hear it. */
export function handIn(release: Release, unknown: boolean): void {
  if (unknown) process.env["PLATFORM_RELEASE"] = JSON.stringify(release);
  else delete process.env["PLATFORM_RELEASE"];
}

/** Looks at what runs. The stack is read anew, unless it is known that it says the same of where it is. */
export async function lookAgain(
  { context, settings, looks, evidence, before }: Trip,
  { signal, tell }: { signal: AbortSignal; tell?: (text: string) => void },
  known?: PlatformReading,
): Promise<{ reading: PlatformReading; gated: Gated }> {
  return await evidence.step("gate", async () => {
    const reading = known ?? (await readStack(context.stack, signal));
    const gated = await gate(looks, reading, { settings, before, signal, ...(tell ? { tell } : {}) });
    evidence.check(gated.findings);
    return { reading, gated };
  });
}

/** "owner/odoo:1.0.1", as people name a release. */
export const nameOf = (release: Pick<Release, "tag" | "data">): string => {
  const copy = copyOf(release);
  return copy === undefined ? release.tag : `${release.tag} with the data of ${copy}`;
};
