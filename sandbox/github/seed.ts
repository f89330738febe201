import { addCommit } from "./git.ts";
import type { Hub } from "./hub.ts";
import { tokenHolder } from "./options.ts";
import { workflowRow } from "./actions/new-run.ts";
import { newRepository, scopedKey } from "./new-repository.ts";

/**
 * Makes the accounts, teams and repositories that the options name and that have not been made before: what was
 * changed or deleted by hand stays so across restarts, and a cleared store is filled again.
 */
export function seed(hub: Hub): void {
  const { options, tables } = hub;
  const named = options.owners ?? [];
  const users = named.filter((one) => one.kind === "user").map((one) => one.login);
  const holders = [tokenHolder(options), ...(options.tokens ?? []).map((one) => one.login)];
  const people = [...users, ...holders, ...(options.people ?? [])];
  const organizations = [
    ...named.map((one) => one.login),
    options.owner,
    ...(options.repositories ?? []).map((one) => one.owner),
    ...(options.teams ?? []).map((one) => one.organization),
  ].filter((login) => !people.includes(login));

  const account = (login: string, type: "User" | "Organization"): void =>
    once(hub, `account ${login}`, () => {
      const id = hub.nextId();
      const plan = named.find((one) => one.login === login)?.plan ?? options.plan ?? "team";
      tables.owners.put(id, { id, login, type, plan, created_at: hub.now() });
    });
  for (const login of organizations) account(login, "Organization");
  for (const login of people) account(login, "User");

  for (const { organization, name, members } of options.teams ?? [])
    once(hub, `team ${organization}/${name}`, () => {
      const id = hub.nextId();
      const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
      tables.teams.put(id, {
        id,
        organization,
        name,
        slug,
        members: [...(members ?? [])],
        created_at: hub.now(),
      });
    });

  for (const {
    owner,
    name,
    private: hidden,
    defaultBranch = "main",
    files = {},
    head,
  } of options.repositories ?? [])
    once(hub, `repository ${owner}/${name}`, () => {
      const repository = newRepository(hub, owner, { name, private: hidden, default_branch: defaultBranch });
      const commit = addCommit(hub, repository, {
        message: "Initial commit",
        author: tokenHolder(options),
        files: { "README.md": `# ${name}\n`, ...files },
        parents: [],
        ...(head !== undefined && { sha: head }),
      });
      const id = hub.nextId();
      tables.refs.put(id, {
        id,
        repository: repository.id,
        ref: `refs/heads/${defaultBranch}`,
        sha: commit.sha,
      });
    });

  // By themselves: a sandbox of before had the repository without them.
  for (const { owner, name, variables = {}, disabled = [] } of options.repositories ?? [])
    once(hub, `workflows ${owner}/${name}`, () => {
      const repository = hub.repository(owner, name);
      if (!repository) return;
      const scope = { repository: repository.id, environment: 0 };
      const at = { created_at: hub.now(), updated_at: hub.now() };
      for (const [name, value] of Object.entries(variables))
        tables.variables.put(scopedKey({ ...scope, name }), { ...scope, name, value, ...at });
      for (const path of disabled) {
        const { id: number, ...row } = workflowRow(hub, repository, path);
        tables.workflows.put(number, { id: number, ...row, state: "disabled_manually" });
      }
    });
}

function once(hub: Hub, name: string, make: () => void): void {
  if (hub.tables.seeds.get(name)) return;
  make();
  hub.tables.seeds.put(name, { seeded_at: hub.now() });
}
