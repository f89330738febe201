import type { World } from "../world.ts";
import type { GitHubOptions, Plan } from "./options.ts";
import { Refusal } from "./refusals.ts";
import type { Owner, Team } from "./rows/accounts.ts";
import type { Commit, Repository } from "./rows/repositories.ts";
import type { Time } from "./rows/time.ts";
import { tables, type Tables } from "./state.ts";

/** The emulated GitHub as one request sees it: what it remembers, its clock, and the address it is reached at. */
export class Hub {
  readonly world: World;
  readonly options: GitHubOptions;
  readonly tables: Tables;
  readonly #origin: string;

  /** @param origin scheme, host and port without a slash at the end */
  constructor(world: World, options: GitHubOptions, origin: string) {
    this.world = world;
    this.options = options;
    this.tables = tables(world.store);
    this.#origin = options.baseUrl?.replace(/\/+$/, "") ?? origin;
  }

  /** An address of the REST API, in GitHub Enterprise's form. */
  api(path: string): string {
    return `${this.#origin}/api/v3${path}`;
  }

  /** An address for people, in the browser. */
  html(path: string): string {
    return `${this.#origin}${path}`;
  }

  now(): Time {
    return `${this.world.now().toISOString().slice(0, 19)}Z`;
  }

  nextId(): number {
    return this.world.store.nextId();
  }

  /** Logins, and names of repositories, are compared as GitHub does: without regard to case. */
  owner(login: string): Owner | undefined {
    return this.tables.owners.find((one) => same(one.login, login));
  }

  /** The account behind a login that a row holds. */
  account(login: string): Owner {
    const owner = this.owner(login);
    if (!owner) throw new Error(`no account ${login}`);
    return owner;
  }

  team(organization: string, slug: string): Team | undefined {
    return this.tables.teams.find((one) => same(one.organization, organization) && same(one.slug, slug));
  }

  repository(owner: string, name: string): Repository | undefined {
    return this.tables.repositories.find((one) => same(one.owner, owner) && same(one.name, name));
  }

  /** What an account pays for, unless the "free-plan" fault says otherwise. */
  plan(owner: Owner): Plan {
    return this.world.faults.hits("free-plan", "github") ? "free" : owner.plan;
  }

  /** The plan of a private repository's owner, which holds it back; a public one lacks nothing. */
  planFor(repository: Repository): Plan {
    return repository.private ? this.plan(this.account(repository.owner)) : "enterprise";
  }

  /** @throws Refusal where protection and rulesets of a private repository are not paid for */
  demandProtection(repository: Repository): void {
    if (this.planFor(repository) === "free") throw new Refusal("plan-too-small");
  }

  /** The commit that a branch, tag, full ref or SHA stands for. */
  commit(repository: Repository, revision: string): Commit | undefined {
    const names = [revision, `refs/${revision}`, `refs/heads/${revision}`, `refs/tags/${revision}`];
    const ref = this.tables.refs.find((one) => one.repository === repository.id && names.includes(one.ref));
    return this.tables.commits.get(`${repository.id}/${ref?.sha ?? revision}`);
  }
}

export const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
