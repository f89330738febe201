import type { Release } from "../../components/release.ts";
import type { ExitName } from "../../exit-codes.ts";
import type { Unsigned } from "../dispatch/payload.ts";
import type { Finding } from "../health/check.ts";
import { plain } from "../markdown.ts";

export interface Step {
  name: string;
  /** ISO 8601. */
  startedAt: string;
  seconds: number;
  /** Why it failed. */
  failed?: string;
}

/** What changes what runs. */
export type TripVerb = "deploy" | "rollback" | "restore" | "clone" | "import";

/** What `evidence.json` holds. */
export interface EvidenceRecord {
  version: 1;
  stack: string;
  verb: TripVerb;
  startedAt: string;
  endedAt: string;
  seconds: number;
  actor: string;
  release: Release;
  previous: Release | null;
  /** What asked for it, without the signature. */
  dispatch: Unsigned | null;
  result: { exit: ExitName; code: number; summary: string; error: string | null };
  steps: Step[];
  /** The gate's. */
  checks: Finding[];
  /** Whatever else the verb kept: card, modules, override, watch, who was told. */
  notes: Record<string, unknown>;
}

const fileTexts: Record<string, string> = {
  "evidence.json": "the same as this page, for programs",
  "deployment.log": "what the engine and the vendors told",
  "application.log": "the last lines of Odoo, its cron, nginx and Postgres",
  "database.txt": "size, connections, longest transactions, largest tables",
  "errors.txt": "what of all that was an error",
};

const titles = {
  deploy: "Deployment",
  rollback: "Rollback",
  restore: "Restore",
  clone: "Clone",
  import: "Import",
} as const;

/** The page for people, which GitHub shows below the folder. */
export function readme(record: EvidenceRecord, files: readonly string[]): string {
  const { stack, verb, startedAt, endedAt, seconds, actor, release, previous, dispatch, result } = record;
  const rows: [string, string][] = [
    ["Result", `${result.exit} (exit code ${result.code})`],
    ["Release", releaseText(release)],
    ["Before", previous ? releaseText(previous) : "none"],
    ["By", actor],
    ["From", `${startedAt} to ${endedAt}, ${seconds.toFixed(1)} s`],
    ...(dispatch ? dispatchRows(dispatch) : []),
  ];
  return [
    `# ${titles[verb]} of ${plain(stack)}, ${startedAt.slice(0, 16).replace("T", " ")} UTC`,
    plain(result.summary),
    ...(result.error === null ? [] : [fenced(result.error)]),
    table(["", ""], rows),
    ...section(
      "Steps",
      table(
        ["step", "seconds", "began", ""],
        record.steps.map((step) => [
          step.name,
          step.seconds.toFixed(1),
          step.startedAt.slice(11, 19),
          step.failed === undefined ? "" : `failed: ${step.failed}`,
        ]),
      ),
      record.steps.length,
    ),
    ...section(
      "Checks",
      table(
        ["check", "state", "figure", ""],
        record.checks.map((one) => [
          one.name,
          one.state,
          one.figure === null ? "" : `${one.figure} ${one.unit ?? ""}`,
          one.detail,
        ]),
      ),
      record.checks.length,
    ),
    ...Object.entries(record.notes).flatMap(([key, value]) => [
      `## ${plain(key)}`,
      typeof value === "string" ? plain(value) : fenced(JSON.stringify(value, null, 2), "json"),
    ]),
    "## Files",
    files.map((name) => `- [${name}](${name}): ${fileTexts[name] ?? ""}`).join("\n"),
    "Secrets are covered with `*****`.\n",
  ].join("\n\n");
}

const section = (title: string, body: string, rows: number): string[] =>
  rows === 0 ? [] : [`## ${title}`, body];

function dispatchRows({ task_id, initiated_by, commit_message, branch }: Unsigned): [string, string][] {
  return [
    ["Task in Odoo", String(task_id)],
    ["Asked for by", initiated_by],
    ["What", `${commit_message} (branch ${branch})`],
  ];
}

/** "1.0.1 (sha256:0123456789ab, commit 1234567)" */
export function releaseText({ tag, digest, gitSha, data }: Release): string {
  const more = [
    ...(digest === undefined ? [] : [digest.slice(0, 19)]),
    ...(gitSha === undefined ? [] : [`commit ${gitSha.slice(0, 7)}`]),
    ...(data === undefined ? [] : [`data of ${data}`]),
  ];
  return more.length > 0 ? `${tag} (${more.join(", ")})` : tag;
}

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => plain(cell)).join(" | ")} |`)
    .join("\n");

function fenced(written: string, language = ""): string {
  const longest = Math.max(2, ...[...written.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${written}\n${fence}`;
}
