import { Cron } from "croner";
import type { World } from "../../world.ts";

/** A workflow's path and one of its cron lines. */
export interface Schedule {
  path: string;
  cron: string;
}

/**
 * The clock that sets schedules going. It is off until it is switched on: a sandbox that was left running shall do nothing by
 * itself.
 */
export class Schedules {
  readonly #world: World;
  readonly #fire: (path: string, cron: string) => void;
  #jobs: Cron[] = [];

  constructor(world: World, fire: (path: string, cron: string) => void) {
    this.#world = world;
    this.#fire = fire;
  }

  get on(): boolean {
    return this.#jobs.length > 0;
  }

  /** When each is due next, by the sandbox's clock. GitHub reads cron lines in UTC. */
  next(schedules: readonly Schedule[]): (Schedule & { next: string | null })[] {
    return schedules.map((one) => ({
      ...one,
      next: new Cron(one.cron, { timezone: "UTC" }).nextRun(this.#world.now())?.toISOString() ?? null,
    }));
  }

  start(schedules: readonly Schedule[]): void {
    this.stop();
    this.#jobs = schedules.map(
      ({ path, cron }) => new Cron(cron, { timezone: "UTC", unref: true }, () => this.#fire(path, cron)),
    );
  }

  stop(): void {
    for (const job of this.#jobs) job.stop();
    this.#jobs = [];
  }
}
