import { createHash } from "node:crypto";
import { emit } from "./events.ts";
import type { Hub } from "./hub.ts";
import type { Owner } from "./rows/accounts.ts";
import type { Commit, Ref, Repository } from "./rows/repositories.ts";
import { commitUrls } from "./views/commit.ts";
import { email } from "./views/account.ts";
import { type PullRow, pullDetails } from "./views/pull.ts";
import { repositoryPage } from "./views/repository.ts";

const noSha = "0".repeat(40);

interface NewCommit {
  message: string;
  author: string;
  files: Record<string, string>;
  parents: string[];
  /** @default made from all the rest; not what git would compute, as no tree objects are kept */
  sha?: string;
}

export function addCommit(hub: Hub, repository: Repository, given: NewCommit): Commit {
  const fields = { ...given, repository: repository.id, date: hub.now() };
  const sha = given.sha ?? createHash("sha1").update(JSON.stringify(fields)).digest("hex");
  return hub.tables.commits.put(`${repository.id}/${sha}`, { ...fields, sha });
}

export function findRef(hub: Hub, repository: Repository, ref: string): Ref | undefined {
  return hub.tables.refs.find((one) => one.repository === repository.id && one.ref === ref);
}

/** Moves a branch or tag, or makes it, and tells the webhooks as a `push`. */
export function moveRef(hub: Hub, repository: Repository, pusher: string, ref: string, sha: string): Ref {
  const before = findRef(hub, repository, ref);
  const after = { ...(before ?? { id: hub.nextId(), repository: repository.id, ref }), sha };
  hub.tables.refs.put(after.id, after);
  tellPush(hub, repository, pusher, ref, before?.sha, sha);
  return after;
}

/** Takes a branch or tag away, which is a `push` too. */
export function deleteRef(hub: Hub, repository: Repository, pusher: string, row: Ref): void {
  hub.tables.refs.delete(row.id);
  tellPush(hub, repository, pusher, row.ref, row.sha, undefined);
}

function tellPush(
  hub: Hub,
  repository: Repository,
  pusher: string,
  ref: string,
  before: string | undefined,
  after: string | undefined,
): void {
  // Other refs are moved in silence: a push is of a branch or of a tag.
  if (!/^refs\/(?:heads|tags)\//.test(ref)) return;
  const pushed = hub.tables.repositories.put(repository.id, { ...repository, pushed_at: hub.now() });
  const commit = hub.commit(repository, after ?? "");
  const sender = hub.account(pusher);
  emit(hub, pushed, sender, "push", {
    ref,
    before: before ?? noSha,
    after: after ?? noSha,
    created: before === undefined,
    deleted: after === undefined,
    forced: false,
    base_ref: null,
    compare: `${repositoryPage(hub, repository)}/compare/${before ?? noSha}...${after ?? noSha}`,
    commits: commit ? [eventCommit(hub, repository, commit)] : [],
    head_commit: commit ? eventCommit(hub, repository, commit) : null,
    pusher: { name: sender.login, email: email(sender.login) },
  });
  if (after !== undefined && before !== undefined) synchronize(hub, pushed, sender, ref, before, after);
}

/** Tells the open pull requests of a branch that it has moved. */
function synchronize(
  hub: Hub,
  repository: Repository,
  sender: Owner,
  ref: string,
  before: string,
  after: string,
): void {
  const open = hub.tables.issues.list(
    (one) =>
      one.repository === repository.id && one.state === "open" && `refs/heads/${one.pull?.head}` === ref,
  );
  for (const row of open) {
    const pull = hub.tables.issues.put(row.id, { ...row, updated_at: hub.now() }) as PullRow;
    const pull_request = pullDetails(hub, repository, pull);
    emit(hub, repository, sender, "pull_request", {
      action: "synchronize",
      number: row.number,
      before,
      after,
      pull_request,
    });
  }
}

function eventCommit(hub: Hub, repository: Repository, commit: Commit) {
  const parent = hub.tables.commits.get(`${repository.id}/${commit.parents[0] ?? ""}`)?.files ?? {};
  const paths = Object.keys(commit.files);
  const person = { name: commit.author, email: email(commit.author), username: commit.author };
  return {
    id: commit.sha,
    tree_id: commit.sha,
    distinct: true,
    message: commit.message,
    timestamp: commit.date,
    url: commitUrls(hub, repository, commit.sha).html_url,
    author: person,
    committer: person,
    added: paths.filter((path) => !(path in parent)),
    removed: Object.keys(parent).filter((path) => !(path in commit.files)),
    modified: paths.filter((path) => path in parent && parent[path] !== commit.files[path]),
  };
}
