import { Octokit } from "octokit";
import type { GitHubRepository } from "../../operations/github-api.ts";
import { gitHub } from "../../sandbox/github/app.ts";
import type { GitHubOptions, Permission } from "../../sandbox/github/options.ts";
import { memoryWorld, type World } from "../../sandbox/world.ts";

const token = "token-of-the-tests";
const narrow = "token-that-may-little";

/** A private repository "acme/erp" of the emulated GitHub, without a socket, and what its webhooks would hear. */
export function emulatedRepository(options: Partial<GitHubOptions> & { permissions?: Permission[] } = {}): {
  repository: GitHubRepository;
  world: World;
  events: string[];
} {
  const { permissions, ...rest } = options;
  const world = memoryWorld();
  const events: string[] = [];
  const app = gitHub(world, {
    token,
    owner: "acme",
    people: ["ada"],
    tokens: [{ value: narrow, login: "ada", kind: "fine-grained", permissions: permissions ?? [] }],
    repositories: [{ owner: "acme", name: "erp", private: true, files: { "README.md": "Odoo\n" } }],
    onEvent: ({ name }) => void events.push(name),
    ...rest,
  });
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const octokit = new Octokit({
    auth: permissions ? narrow : token,
    baseUrl: "http://github.test/api/v3",
    log: silent,
    retry: { enabled: false },
    throttle: { enabled: false },
    request: {
      fetch: (url: string, init: RequestInit) => app.fetch(new Request(url, init)),
    },
  });
  return { repository: { owner: "acme", repo: "erp", branch: "main", octokit }, world, events };
}
