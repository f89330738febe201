/** What one look has shown. */
export interface Look {
  /** Requests since the look before; those of nobody but the platform's own probes left out. */
  requests: number;
  /** Of them answered with 5xx. */
  failed: number;
  /** How long Odoo took for each, in milliseconds. */
  times: number[];
  /** What was wrong when it was asked from outside, in a few words; undefined when nothing was. */
  outside: string | undefined;
  /** Of the serving containers; undefined where nobody could look into the machine. */
  inside?: { restarts: number; kills: number; down: string[] };
}

/** How it was before the release. */
export interface Before {
  requests: number;
  failed: number;
  p95Ms: number;
}

/** Looks that come every few seconds: so many are a quarter of a minute, half a minute, a minute. */
const short = 4;
const half = 8;
const minute = 16;

/** Fewer requests say nothing of a latency. */
const leastTimes = 20;
/** So many times slower than before, and slower than people bear. */
const slower = 5;
const bearableMs = 2000;
/** Of a site that had no requests before. */
const unbearableMs = 10_000;

/**
 * Why what has been seen is not well; undefined while it is. One hiccup is not enough for any of the rules: a release is
 * taken back because of this, which is a hiccup too.
 */
export function judge(looks: readonly Look[], before: Before): string | undefined {
  return answers(looks) ?? runs(looks) ?? errors(looks, shareOf(before)) ?? latency(looks, before);
}

/** Twice in a row not well from outside. */
function answers(looks: readonly Look[]): string | undefined {
  const [one, other] = looks.slice(-2);
  if (one?.outside === undefined || other?.outside === undefined) return undefined;
  return `twice in a row: ${other.outside}`;
}

/** A container that is down twice, that came back twice, or whose processes the kernel kills again and again. */
function runs(looks: readonly Look[]): string | undefined {
  const seen = looks.flatMap(({ inside }) => inside ?? []);
  const [first, last, last2] = [seen[0], seen.at(-1), seen.at(-2)];
  if (!first || !last) return undefined;
  const [down] = last.down.filter((name) => seen.length > 1 && last2?.down.includes(name));
  if (down !== undefined) return `${down} does not run`;
  const restarts = last.restarts - first.restarts;
  if (restarts >= 2) return `Odoo's containers came back ${restarts} times`;
  const kills = last.kills - first.kills;
  return kills >= 3 ? `out of memory: ${kills} processes of Odoo were killed` : undefined;
}

/** Errors in number and in share, in several looks, and more than there were before. */
function errors(looks: readonly Look[], shareBefore: number): string | undefined {
  const last = looks.slice(-short);
  const all = looks.slice(-minute);
  const bad = (of: readonly Look[]): number => of.filter(({ failed }) => failed > 0).length;
  const [recent, longer] = [sum(last), sum(all)];
  const isMore = (share: number): boolean => share >= 3 * shareBefore;
  const told = ({ failed, requests }: Counted): string => `${failed} of ${requests} requests ended in 5xx`;
  // Many at once.
  const everywhere = last.length === short && last.every((look) => look.failed >= 3 && shareOf(look) >= 0.1);
  if (everywhere && isMore(shareOf(recent))) return told(recent);
  // Few, and they do not end.
  const share = shareOf(longer);
  if (longer.failed >= 10 && share >= 0.05 && bad(all) >= 5 && isMore(share)) return told(longer);
  // Of a site that few use most.
  if (longer.failed >= 4 && share >= 0.5 && bad(all) >= 3 && isMore(share)) return told(longer);
  return undefined;
}

/** Much slower than before for half a minute, at three looks in a row. The first half minute, with its cold caches, is left out. */
function latency(looks: readonly Look[], before: Before): string | undefined {
  if (looks.length < 2 * half) return undefined;
  const limit = before.requests >= leastTimes ? Math.max(bearableMs, before.p95Ms * slower) : unbearableMs;
  const windows = [0, 1, 2].map((back) =>
    looks.slice(looks.length - back - half, looks.length - back).flatMap(({ times }) => times),
  );
  if (!windows.every((times) => times.length >= leastTimes && percentile(times, 95) > limit))
    return undefined;
  const was = before.requests >= leastTimes ? `, ${Math.round(before.p95Ms)} ms before` : "";
  return `one request in twenty takes ${Math.round(percentile(windows[0] ?? [], 95))} ms or more${was}`;
}

interface Counted {
  requests: number;
  failed: number;
}

export const sum = (looks: readonly Counted[]): Counted => ({
  requests: looks.reduce((all, { requests }) => all + requests, 0),
  failed: looks.reduce((all, { failed }) => all + failed, 0),
});

const shareOf = ({ requests, failed }: Counted): number => (requests === 0 ? 0 : failed / requests);

/** The nearest rank; 0 of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
