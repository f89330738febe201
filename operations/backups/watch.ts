import type { Settings } from "../../settings/schema.ts";
import { tellNotice } from "../announce/notice.ts";
import type { Told } from "../announce/tell-all.ts";
import { type GitHubRepository, refusedByGitHub } from "../github-api.ts";
import type { Finding } from "../health/check.ts";
import type { PlatformReading } from "../stack-reader.ts";
import { type Alarm, alarmOf, issueBody, type Memory, memoryIn, noticeOf } from "./alarm.ts";

const label = "platform: incident";

export interface Watch {
  repository: GitHubRepository;
  reading: PlatformReading;
  settings: Settings;
  /** What health says of the backups. */
  found: Pick<Finding, "state" | "detail">;
  now: Date;
  signal: AbortSignal;
}

export interface Watched extends Alarm {
  /** Where the issue is. */
  issue: string | null;
  told: Told[];
}

interface Issue {
  number: number;
  url: string;
  memory: Memory;
}

/** Tells people, and keeps one issue a stack: opened, edited, closed. It remembers who was told when. */
export async function watchBackups(watch: Watch): Promise<Watched> {
  const { reading, settings, found, now, signal } = watch;
  const known = await asked("its issues were listed", () => openIssue(watch));
  const alarm = alarmOf(found.state, known?.memory, now);
  if (alarm.level === "well" && !known) return { ...alarm, issue: null, told: [] };
  const { since } = alarm;
  const first: Memory = known?.memory ?? { since: since ?? now.toISOString(), toldAt: null, level: "broken" };
  // It is there before anybody is told, so that what is told can name it.
  const issue = known ?? (await asked("the issue was opened", () => create(watch, first)));
  const told = alarm.tell
    ? await tellNotice(
        reading,
        settings,
        noticeOf(reading.stack, settings.platform.environment, alarm, found.detail, {
          url: reading.outputs.url,
          issue: issue.url,
          now,
        }),
        signal,
      )
    : [];
  const heard = alarm.tell && (told.length === 0 || told.some(({ ok }) => ok));
  await asked("the issue was written", () =>
    alarm.level === "well"
      ? close(watch, issue)
      : edit(watch, issue, {
          ...first,
          level: alarm.level,
          toldAt: heard ? now.toISOString() : first.toldAt,
        }),
  );
  return { ...alarm, issue: issue.url, told };
}

async function openIssue({ repository, reading }: Watch): Promise<Issue | undefined> {
  const { octokit, owner, repo } = repository;
  const open = await octokit.paginate(octokit.rest.issues.listForRepo, {
    owner,
    repo,
    labels: label,
    state: "open",
    per_page: 100,
  });
  for (const { number, html_url: url, body, created_at, pull_request } of open) {
    const memory = memoryIn(body, reading.stack, created_at);
    if (memory && !pull_request) return { number, url, memory };
  }
  return undefined;
}

async function create({ repository, reading, found, now }: Watch, memory: Memory): Promise<Issue> {
  const { octokit, owner, repo } = repository;
  const { data } = await octokit.rest.issues.create({
    owner,
    repo,
    title: `Backups of ${reading.stack} are not well`,
    body: issueBody(reading.stack, found.detail, memory, now),
    labels: [label],
  });
  return { number: data.number, url: data.html_url, memory };
}

async function edit(
  { repository, reading, found, now }: Watch,
  { number }: Issue,
  memory: Memory,
): Promise<void> {
  const { octokit, owner, repo } = repository;
  await octokit.rest.issues.update({
    owner,
    repo,
    issue_number: number,
    body: issueBody(reading.stack, found.detail, memory, now),
    labels: memory.level === "urgent" ? [label, "urgent"] : [label],
  });
}

async function close({ repository, found }: Watch, { number }: Issue): Promise<void> {
  const { octokit, owner, repo } = repository;
  const at = { owner, repo, issue_number: number };
  await octokit.rest.issues.createComment({ ...at, body: `The backups are well again: ${found.detail}.` });
  await octokit.rest.issues.update({ ...at, state: "closed", state_reason: "completed" });
}

async function asked<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusedByGitHub(what, error);
  }
}
