import type { Settings } from "../../settings/schema.ts";
import type { PlatformReading } from "../stack-reader.ts";

/** What a time of watching has shown. */
export interface Watched {
  healthy: boolean;
  /** What was wrong, in one sentence. */
  why?: string;
  requests: number;
  /** Of them answered with 5xx. */
  failed: number;
  p50Ms: number;
  p95Ms: number;
  /** How long it was watched: less than asked for where it was clearly unhealthy. */
  seconds: number;
}

export interface WatchOptions {
  seconds: number;
  signal: AbortSignal;
  tell(text: string): void;
}

/** Looks at what runs for as long as it is asked to, and says whether it is well. */
export async function watch(
  _reading: PlatformReading,
  _settings: Settings,
  _options: WatchOptions,
): Promise<Watched> {
  return await Promise.reject(new Error("not built yet"));
}
