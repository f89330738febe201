import * as z from "zod";

/** Every check, in the order in which they are shown. */
export const checkNames = [
  "odoo",
  "websocket",
  "database",
  "nginx",
  "certificate",
  "queue",
  "cron",
  "disk",
  "volume",
  "memory",
  "containers",
  "mail",
  "n8n",
  "addons",
  "updates",
  "deployment",
  "backups",
] as const;

export type CheckName = (typeof checkNames)[number];

/** How a check came out: the answer of `platform health --json`, whose page is docs/health.md. */
export const checkSchema = z.strictObject({
  name: z.enum(checkNames),
  /** `off` is not set up, or not to be seen on this kind of host: it does not count. */
  state: z.enum(["ok", "warn", "fail", "off"]),
  /** What was measured, in `unit`; null where there is nothing to measure. */
  figure: z.number().nullable(),
  unit: z.string().nullable(),
  /** From which figure on it warns and fails; of days left, below which. */
  warnLimit: z.number().nullable(),
  limit: z.number().nullable(),
  /** ISO 8601: since when it is in this state, as far as this clone has looked. */
  since: z.iso.datetime(),
  /** One sentence, and for what is wrong the way out. */
  detail: z.string(),
});

export const healthSchema = z.strictObject({
  healthy: z.boolean(),
  checkedAt: z.iso.datetime(),
  seconds: z.number(),
  checks: z.array(checkSchema),
});

export type Check = z.output<typeof checkSchema>;
export type Health = z.output<typeof healthSchema>;
export type State = Check["state"];

/** A check before it is known since when. */
export type Finding = Omit<Check, "since">;

interface Measured {
  figure: number;
  unit: string;
  /** From here on it warns, and fails. */
  warnLimit?: number;
  limit?: number;
}

export function finding(name: CheckName, state: State, detail: string, measured?: Measured): Finding {
  const { figure = null, unit = null, warnLimit = null, limit = null } = measured ?? {};
  return { name, state, figure, unit, warnLimit, limit, detail };
}

/** The state that a figure has, which is bad when it is high. */
export function stateOf(figure: number, { warnLimit, limit }: { warnLimit: number; limit: number }): State {
  if (figure >= limit) return "fail";
  return figure >= warnLimit ? "warn" : "ok";
}

const order: State[] = ["off", "ok", "warn", "fail"];

/** The worst of some states. */
export const worst = (states: State[]): State =>
  states.reduce((all, one) => (order.indexOf(one) > order.indexOf(all) ? one : all), "ok");
