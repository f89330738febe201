import { basename } from "node:path";
import { releaseText } from "../evidence/readme.ts";
import type { Announcement } from "./announce.ts";

/** What one announcement comes to, whatever channel it goes to. */
export interface Message {
  title: string;
  summary: string;
  /** "Release" and "1.0.1 (sha256:…)", in the order in which they are shown. */
  facts: [name: string, value: string][];
  links: { text: string; url: string }[];
  /** Somebody has to look now. */
  urgent: boolean;
  /** It is about trouble: it goes where incidents go. */
  incident: boolean;
}

export function messageOf(what: Announcement): Message {
  const { kind, stack, environment, release, previous, serves, actor, summary, evidence, dispatch } = what;
  const isFailure = kind === "failed";
  return {
    title: titles[kind](what),
    summary,
    facts: [
      ["Stack", `${stack} (${environment})`],
      ["Release", releaseText(release)],
      ...(previous ? [["Before", releaseText(previous)] as [string, string]] : []),
      ...(serves ? [["Serves now", releaseText(serves)] as [string, string]] : []),
      ["By", actor],
      ...(dispatch ? dispatchFacts(dispatch) : []),
      ["Evidence", evidence],
    ],
    links: [
      { text: "Odoo", url: what.url },
      ...(what.runUrl === undefined ? [] : [{ text: "Run", url: what.runUrl }]),
    ],
    urgent: isFailure,
    incident: isFailure || kind === "recovered",
  };
}

const titles: Record<Announcement["kind"], (what: Announcement) => string> = {
  started: ({ stack, release }) => `${release.tag} is on its way to ${stack}`,
  deployed: ({ stack, release }) => `${release.tag} serves on ${stack}`,
  rolledBack: ({ stack, release }) => `${stack} is back on ${release.tag}`,
  failed: ({ stack, release }) => `${release.tag} failed on ${stack}`,
  recovered: ({ stack }) => `${stack} is well again`,
};

function dispatchFacts(dispatch: NonNullable<Announcement["dispatch"]>): [string, string][] {
  const { task_id, initiated_by, commit_message } = dispatch;
  return [
    ["Task in Odoo", `${task_id}, asked for by ${initiated_by}`],
    ["What", commit_message],
  ];
}

/** Whether it ends an incident. */
export const isWell = ({ kind }: Announcement): boolean =>
  kind === "deployed" || kind === "rolledBack" || kind === "recovered";

/** Names a run: the evidence's folder, "20261126-1300". */
export const runOf = ({ evidence }: Announcement): string => basename(evidence.replace(/\/+$/, ""));
