import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import { onMachineOf } from "../machine.ts";
import type { SshMachine } from "../ssh.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { type Before, judge, type Look, percentile, sum } from "./judge.ts";
import { ask, askOutside, insideOf } from "./look.ts";

/** What a time of watching has shown. */
export interface Watched {
  healthy: boolean;
  /** What was wrong, in one sentence. */
  why?: string;
  /** On App Platform, which shows no requests, those of the watch itself. */
  requests: number;
  /** Of them answered with 5xx. */
  failed: number;
  /** How long Odoo took. */
  p50Ms: number;
  p95Ms: number;
  /** How long it was watched: less than asked for where it was clearly unhealthy. */
  seconds: number;
}

export interface WatchOptions {
  seconds: number;
  signal: AbortSignal;
  tell: (text: string) => void;
  /** Between two looks. @default 4000, which the rules reckon with */
  stepMs?: number;
}

const defaultStepMs = 4000;
const outsideMs = 5000;
const connectSeconds = 5;
/** The time before a release that the time after it is compared with. */
const beforeSeconds = 600;
/** A slot that has served for longer was not switched to by this release. */
const recentSeconds = 900;

/**
 * Watches a release: nginx's requests and the containers from inside, Odoo and its websocket from outside, every few seconds.
 * Ends at once when it is clearly not well. On App Platform it can be asked from outside only. A machine that cannot be looked
 * into for a while is no fault of the release; what cannot be reached from outside is.
 *
 * @throws the signal's reason, when it is aborted
 */
export async function watch(
  reading: PlatformReading,
  { host }: Settings,
  options: WatchOptions,
): Promise<Watched> {
  const watching = new Watching(reading, options);
  if (host.kind === "app") await watching.go();
  // A connection that is lost is made anew, until the time is over.
  else while (!watching.ended) await watching.goOnMachine();
  return watching.result();
}

class Watching {
  readonly #reading: PlatformReading;
  readonly #options: WatchOptions;
  readonly #began = performance.now();
  readonly #looks: Look[] = [];
  #before: Before = { requests: 0, failed: 0, p95Ms: 0 };
  #cursor: string | undefined;
  #since: number | undefined;
  #why: string | undefined;

  constructor(reading: PlatformReading, options: WatchOptions) {
    this.#reading = reading;
    this.#options = options;
  }

  get #seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  get ended(): boolean {
    return this.#why !== undefined || this.#seconds >= this.#options.seconds;
  }

  async goOnMachine(): Promise<void> {
    const { signal, tell } = this.#options;
    try {
      await onMachineOf(this.#reading, { signal, connectSeconds }, async (machine) => {
        if (this.#since === undefined) await this.#lookBack(machine);
        await this.go(machine);
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
      tell(`the machine cannot be looked into (${error.message})`);
      await this.#step(undefined);
    }
  }

  /** Looks again and again, until it ends. @throws {UserError} when the machine does not answer any more */
  async go(machine?: SshMachine): Promise<void> {
    while (!this.ended) await this.#step(machine);
  }

  /** How it was before. */
  async #lookBack(machine: SshMachine): Promise<void> {
    const { switchedAt, now } = await ask(machine, { since: 0, until: 1 });
    const end = now - switchedAt < recentSeconds ? switchedAt : now;
    const { requests, failed, times } = insideOf(
      await ask(machine, { since: end - beforeSeconds, until: end }),
    );
    this.#before = { requests, failed, p95Ms: percentile(times, 95) };
    this.#since = end;
    if (requests > 0)
      this.#options.tell(`before: ${requests} requests, ${failed} with 5xx, p95 ${ms(this.#before.p95Ms)}`);
  }

  async #step(machine: SshMachine | undefined): Promise<void> {
    const { seconds, signal, tell, stepMs = defaultStepMs } = this.#options;
    const left = Math.max(0, (seconds - this.#seconds) * 1000);
    await sleep(Math.min(stepMs, left), undefined, { signal });
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(outsideMs)]);
    const [outside, told] = await Promise.all([
      askOutside(this.#reading, bounded),
      machine && ask(machine, { cursor: this.#cursor, since: this.#since ?? 0 }),
    ]);
    signal.throwIfAborted();
    this.#cursor = told?.cursor ?? this.#cursor;
    const isApp = this.#reading.outputs.hostKind === "app";
    const own: Omit<Look, "outside"> = {
      requests: isApp ? 1 : 0,
      failed: isApp && outside.fault !== undefined ? 1 : 0,
      times: isApp && outside.ms !== undefined ? [outside.ms] : [],
    };
    this.#looks.push({ ...(told ? insideOf(told) : own), outside: outside.fault });
    this.#why = judge(this.#looks, this.#before);
    tell(this.#line());
  }

  #line(): string {
    const { requests, failed, p95Ms } = this.result();
    const fault = this.#looks.at(-1)?.outside;
    const told = `${Math.round(this.#seconds)} s: ${requests} requests, ${failed} with 5xx, p95 ${ms(p95Ms)}`;
    return fault === undefined ? told : `${told}; ${fault}`;
  }

  result(): Watched {
    const { requests, failed } = sum(this.#looks);
    const times = this.#looks.flatMap((look) => look.times);
    return {
      healthy: this.#why === undefined,
      ...(this.#why !== undefined && { why: this.#why }),
      requests,
      failed,
      p50Ms: Math.round(percentile(times, 50)),
      p95Ms: Math.round(percentile(times, 95)),
      seconds: Math.round(this.#seconds * 10) / 10,
    };
  }
}

const ms = (value: number): string => `${Math.round(value)} ms`;
