import { styleText } from "node:util";
import type { Check, Health, State } from "./check.ts";

const signs = { ok: "✔", warn: "!", fail: "✖", off: "–" } as const satisfies Record<State, string>;
const colours = { ok: "green", warn: "yellow", fail: "red", off: "dim" } as const;

/** All checks as aligned lines, the verdict last. */
export function healthText(stack: string, health: Health): string {
  const rows = health.checks.map((check) => ({
    check,
    cells: [check.name, check.state, figureText(check), limitText(check), sinceText(check, health.checkedAt)],
  }));
  const widths = rows.reduce<number[]>(
    (all, { cells }) => cells.map((cell, at) => Math.max(all[at] ?? 0, cell.length)),
    [],
  );
  const lines = rows.map(({ check, cells }) => {
    const sign = styleText(colours[check.state], signs[check.state]);
    return `${sign} ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}  ${check.detail}`;
  });
  return [...lines, "", verdict(stack, health)].join("\n");
}

function verdict(stack: string, { checks, seconds }: Health): string {
  const named = (state: State): string[] =>
    checks.filter((check) => check.state === state).map(({ name }) => name);
  const [failed, warned] = [named("fail"), named("warn")];
  const took = `, asked in ${seconds.toFixed(1)} s`;
  const but = warned.length > 0 ? `; to look at: ${warned.join(", ")}` : "";
  if (failed.length > 0) return `${stack} is not healthy: ${failed.join(", ")}${but}${took}.`;
  return `${stack} is healthy${but}${took}.`;
}

const figureText = ({ figure, unit }: Check): string => (figure === null ? "" : `${figure} ${unit ?? ""}`);
const limitText = ({ limit }: Check): string => (limit === null ? "" : `limit ${limit}`);

/** "12 min": how long it has been so. */
function sinceText({ since }: Check, now: string): string {
  const minutes = Math.floor((Date.parse(now) - Date.parse(since)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
