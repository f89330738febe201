import type { Finding } from "../../policies/manifest/verify.ts";
import { plain } from "../markdown.ts";

/** How long the manifests have been broken, and what is to be done about it. */
export type Urgency = "well" | "fresh" | "broken" | "urgent";

export interface ManifestState {
  findings: readonly Finding[];
  /** When they were last in order, by the workflow's history; null when never. */
  lastSuccess: Date | null;
  now: Date;
}

const hour = 3_600_000;
/** After these, people are told, and told louder. */
const alertAfter = 24 * hour;
const escalateAfter = 48 * hour;

/** Nothing for a day, then an alert, then a louder one. What was never in order is told at once. */
export function urgencyOf({ findings, lastSuccess, now }: ManifestState): Urgency {
  if (findings.length === 0) return "well";
  if (lastSuccess === null) return "broken";
  const broken = now.getTime() - lastSuccess.getTime();
  return broken >= escalateAfter ? "urgent" : broken >= alertAfter ? "broken" : "fresh";
}

/** "since 2026-11-24 08:00 UTC (50 h)" */
export function since({ lastSuccess, now }: ManifestState): string {
  if (lastSuccess === null) return "as long as this workflow has run";
  const hours = Math.floor((now.getTime() - lastSuccess.getTime()) / hour);
  return `since ${lastSuccess.toISOString().slice(0, 16).replace("T", " ")} UTC (${hours} h)`;
}

/** What people read: how long, what is wrong, and how each is mended. */
export function manifestMarkdown(state: ManifestState): string {
  const lines = state.findings.map(
    ({ rule, path, fault, fix }) => `- \`${rule}\`: ${plain(`${path} ${fault}`)}\n  - **Fix:** ${plain(fix)}`,
  );
  return [
    `The addons manifests are broken ${since(state)}. While they are, no stack can be brought up.`,
    lines.join("\n"),
    "After the fix, `npx platform manifest verify` says whether all is in order.",
  ].join("\n\n");
}

/** The same in a line or two, for a chat. */
export function manifestChat(state: ManifestState, url: string): string {
  const urgent = urgencyOf(state) === "urgent";
  const [first] = state.findings;
  const more = state.findings.length > 1 ? `, and ${state.findings.length - 1} more` : "";
  const what = first ? `${first.path} ${first.fault}${more}. Fix: ${first.fix}.` : "";
  return `${urgent ? "🚨 Still broken" : "⚠️ Manifest broken"} ${since(state)}: ${what} ${url}`;
}
