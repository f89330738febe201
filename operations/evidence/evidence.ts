import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "../../components/release.ts";
import { type ExitName, exitCodes } from "../../exit-codes.ts";
import type { Dispatch } from "../dispatch/payload.ts";
import type { Finding } from "../health/check.ts";
import { redactor } from "../redact.ts";
import { type PlatformReading, readStack } from "../stack-reader.ts";
import { collected, engineLog, type Texts } from "./collect.ts";
import { newFolder, prune } from "./folder.ts";
import { type EvidenceRecord, readme, type Step, type TripVerb } from "./readme.ts";
import { messageOf } from "../../user-error.ts";

export interface EvidenceFacts {
  stack: string;
  verb: TripVerb;
  actor: string;
  release: Release;
  previous: Release | undefined;
  dispatch?: Dispatch;
}

/** Credentials of whoever runs the verb, which a log could quote. */
const own = [
  "DIGITALOCEAN_TOKEN",
  "GITHUB_TOKEN",
  "SPACES_ACCESS_KEY_ID",
  "SPACES_SECRET_ACCESS_KEY",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE",
];

/** Stands there while it goes on, and after a process that was killed. */
const unfinished = "unfinished.json";

const collectSeconds = 30;
const secretsSeconds = 5;

/**
 * What a deploy or a rollback leaves behind for whoever asks later: `.platform/evidence/YYYYMMDD-HHMM/`. Nothing here makes
 * a deploy fail: what cannot be had or written is told in its place.
 *
 * @example
 * const evidence = Evidence.open({ stack, verb: "deploy", actor: me(), release, previous });
 * await evidence.step("gate", () => gate(reading));
 * await evidence.collect(reading, signal);
 * await evidence.close({ exit: "done", summary: "1.0.1 serves." });
 */
export class Evidence {
  readonly folder: string;
  readonly #facts: EvidenceFacts;
  readonly #started = new Date();
  readonly #steps: Step[] = [];
  readonly #notes: Record<string, unknown> = {};
  #checks: readonly Finding[] = [];
  #texts: Texts = {};
  #secrets: ReadonlyMap<string, string> | undefined;
  #fault: string | undefined;

  private constructor(facts: EvidenceFacts, folder: string) {
    this.#facts = facts;
    this.folder = folder;
  }

  /** Makes the folder. Where the disk takes none, the evidence is lost and nothing else; then `folder` is empty. */
  static open(facts: EvidenceFacts): Evidence {
    try {
      const evidence = new Evidence(facts, newFolder(new Date()));
      prune();
      return evidence;
    } catch (error) {
      const lost = new Evidence(facts, "");
      lost.#fault = `no evidence can be kept: ${String(error)}`;
      return lost;
    }
  }

  /** Why it could not be kept, or not all of it; for whoever shows the verb's result. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Where it is and what is missing of it, a line each, for people. */
  lines(): string[] {
    return [
      ...(this.folder === "" ? [] : [`Evidence: ${this.folder}`]),
      ...(this.#fault === undefined ? [] : [`Evidence is not whole: ${this.#fault}`]),
    ];
  }

  /** Runs a step, and keeps when it began, how long it took and why it failed. */
  async step<T>(name: string, run: () => Promise<T>): Promise<T> {
    const started = new Date();
    const step: Step = { name, startedAt: started.toISOString(), seconds: 0 };
    this.#steps.push(step);
    this.#soFar();
    try {
      return await run();
    } catch (error) {
      step.failed = messageOf(error);
      throw error;
    } finally {
      step.seconds = secondsSince(started);
      this.#soFar();
    }
  }

  /** How far it has come, for whoever asks after a process that was killed. Nothing that could hold a secret is in it. */
  #soFar(): void {
    const { stack, verb, release } = this.#facts;
    const steps = this.#steps.map(({ name, startedAt, seconds, failed }) => ({
      name,
      startedAt,
      seconds,
      failed: failed !== undefined,
    }));
    const record = { stack, verb, tag: release.tag, startedAt: this.#started.toISOString(), steps };
    try {
      if (this.folder !== "") this.#put(unfinished, `${JSON.stringify(record, null, 2)}\n`);
    } catch (error) {
      this.#fault = `the evidence in ${this.folder} is not whole: ${String(error)}`;
    }
  }

  /** The checks of the gate; those of a later look take their place. */
  check(findings: readonly Finding[]): void {
    this.#checks = findings;
  }

  /** Something else that is worth keeping: the card, modules, the reason of an override, who was told. */
  note(key: string, value: unknown): void {
    this.#notes[key] = value;
  }

  /** Reads logs and statistics, in half a minute at most. */
  async collect(reading: PlatformReading, signal: AbortSignal): Promise<void> {
    this.#secrets = reading.secrets;
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(collectSeconds * 1000)]);
    const late = new Promise<Texts>((resolve) =>
      bounded.addEventListener("abort", () =>
        resolve({ "application.log": "not known: no answer in time\n" }),
      ),
    );
    try {
      this.#texts = await Promise.race([collected(reading, this.#started, bounded), late]);
    } catch (error) {
      this.#texts = { "application.log": `not known: ${String(error)}\n` };
    }
  }

  /** Writes everything, with secrets covered. */
  async close(result: { exit: ExitName; summary: string; error?: string }): Promise<void> {
    if (this.folder === "") return;
    try {
      await this.#write(result);
    } catch (error) {
      this.#fault = `the evidence in ${this.folder} is not whole: ${String(error)}`;
    }
  }

  async #write({ exit, summary, error }: { exit: ExitName; summary: string; error?: string }): Promise<void> {
    const { stack, verb, actor, release, previous, dispatch } = this.#facts;
    const cover = redactor([
      ...((this.#secrets ?? (await secretsOf(stack)))?.values() ?? []),
      ...own.map((name) => process.env[name] ?? ""),
    ]);
    const { signature: _, ...unsigned } = dispatch ?? { signature: "" };
    const record: EvidenceRecord = await coveredRecord(cover, {
      version: 1,
      stack,
      verb,
      startedAt: this.#started.toISOString(),
      endedAt: new Date().toISOString(),
      seconds: secondsSince(this.#started),
      actor,
      release,
      previous: previous ?? null,
      dispatch: dispatch ? (unsigned as EvidenceRecord["dispatch"]) : null,
      result: { exit, code: exitCodes[exit], summary, error: error ?? null },
      steps: this.#steps,
      checks: [...this.#checks],
      notes: this.#notes,
    });
    this.#put("evidence.json", `${JSON.stringify(record, null, 2)}\n`);
    const texts = { "deployment.log": engineLog(stack, this.#started), ...this.#texts };
    for (const [name, text] of Object.entries(texts)) this.#put(name, await cover(text));
    this.#put("errors.txt", await cover(errorsOf(record, texts)));
    rmSync(join(this.folder, unfinished), { force: true });
    const files = existsSync(this.folder) ? readdirSync(this.folder).sort() : [];
    this.#put("README.md", readme(record, files));
  }

  #put(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text, { mode: 0o600 });
  }
}

const secondsSince = (started: Date): number => Math.round(Date.now() - started.getTime()) / 1000;

/** Of a run that ended before anything was read: what its secrets are must still be known, to cover them. */
async function secretsOf(stack: string): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    return (await readStack(stack, AbortSignal.timeout(secretsSeconds * 1000))).secrets;
  } catch {
    return undefined;
  }
}

/** The record with every text covered, and still a record: what looks like a credential may go over several texts. */
async function coveredRecord(
  cover: (text: string) => Promise<string>,
  record: EvidenceRecord,
): Promise<EvidenceRecord> {
  const visit = async (value: unknown): Promise<unknown> => {
    if (typeof value === "string") return await cover(value);
    if (Array.isArray(value)) return await Promise.all(value.map(visit));
    if (typeof value !== "object" || value === null) return value;
    const pairs = Object.entries(value).map(async ([key, one]) => [key, await visit(one)] as const);
    return Object.fromEntries(await Promise.all(pairs));
  };
  return (await visit(record)) as EvidenceRecord;
}

/** Everything that went wrong, in one place. */
function errorsOf({ result, steps }: EvidenceRecord, texts: Texts): string {
  const failed = steps.filter((step) => step.failed !== undefined);
  const logged = Object.entries(texts).flatMap(([name, text]) =>
    text
      .split("\n")
      .filter((line) => / error {2}|^not known: |\berror: /.test(line))
      .slice(-200)
      .map((line) => `${name}: ${line}`),
  );
  const lines = [
    ...(result.error === null ? [] : [result.error]),
    ...failed.map(({ name, failed: why }) => `${name}: ${why}`),
    ...logged,
  ];
  return lines.length > 0 ? `${lines.join("\n")}\n` : "None.\n";
}
