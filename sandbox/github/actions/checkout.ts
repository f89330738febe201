import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { addCommit, findRef } from "../git.ts";
import type { Hub } from "../hub.ts";
import { same } from "../hub.ts";
import type { Commit, Repository } from "../rows/repositories.ts";
import { tokenHolder } from "../options.ts";
import type { CheckoutConfig } from "./options.ts";

const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-C", folder, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();

const isOf = (repository: Repository, checkout: CheckoutConfig | undefined): checkout is CheckoutConfig =>
  checkout !== undefined && same(`${repository.owner}/${repository.name}`, checkout.repository);

/**
 * Moves the default branch of the repository that is a checkout to what its HEAD is now. Nothing is told of it: a push is what
 * comes by the API. A branch that the API has moved since stays where it is, until the checkout holds that commit.
 */
export function followCheckout(hub: Hub, repository: Repository, checkout: CheckoutConfig | undefined): void {
  if (!isOf(repository, checkout)) return;
  const head = headOf(checkout.folder);
  const ref = findRef(hub, repository, `refs/heads/${repository.default_branch}`);
  if (head === undefined || !ref || ref.sha === head) return;
  const before = hub.commit(repository, ref.sha);
  if (before && before.parents.length > 0 && !isInGit(checkout.folder, ref.sha)) return;
  if (!hub.tables.commits.get(`${repository.id}/${head}`))
    addCommit(hub, repository, {
      sha: head,
      message: git(checkout.folder, "log", "-1", "--format=%B", head),
      author: tokenHolder(hub.options),
      files: keptFiles(checkout.folder, head),
      parents: [],
    });
  hub.tables.refs.put(ref.id, { ...ref, sha: head });
}

function headOf(folder: string): string | undefined {
  try {
    return git(folder, "rev-parse", "HEAD");
  } catch {
    return undefined; // an archive without git: workflows are read, and their checkout says what is missing
  }
}

/** What the emulated repository holds of the checkout: what it acts on by itself, and what pull requests change in tests. */
function keptFiles(folder: string, sha: string): Record<string, string> {
  const paths = git(
    folder,
    "ls-tree",
    "-r",
    "--name-only",
    sha,
    "--",
    ".github",
    "README.md",
    "addons.manifest.json",
    "Pulumi.yaml",
    "Pulumi.prod.yaml",
    "Pulumi.staging.yaml",
  );
  return Object.fromEntries(
    paths
      .split("\n")
      .filter(Boolean)
      .map((path) => [path, git(folder, "show", `${sha}:${path}`) + "\n"]),
  );
}

function isInGit(folder: string, sha: string): boolean {
  try {
    git(folder, "cat-file", "-e", `${sha}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

/**
 * What the stand-in of actions/checkout finds in its environment: a clone and a commit of it, and files to lay over it; or,
 * for a repository of rows, the files alone.
 *
 * @param folder for the files
 */
export function sourceOf(
  hub: Hub,
  repository: Repository,
  commit: Commit,
  checkout: CheckoutConfig | undefined,
  folder: string,
): Record<string, string> {
  if (!isOf(repository, checkout)) {
    write(folder, commit.files);
    return { SANDBOX_CHECKOUT_FILES: folder };
  }
  // A commit that the API has made lies over the one of the clone that it comes from.
  let base: Commit | undefined = commit;
  while (base && !isInGit(checkout.folder, base.sha)) base = hub.commit(repository, base.parents[0] ?? "");
  const below = base?.files ?? {};
  write(
    folder,
    Object.fromEntries(Object.entries(commit.files).filter(([path, text]) => below[path] !== text)),
  );
  return {
    SANDBOX_CHECKOUT_GIT: checkout.folder,
    SANDBOX_CHECKOUT_COMMIT: base?.sha ?? "HEAD",
    SANDBOX_CHECKOUT_FILES: folder,
    SANDBOX_CHECKOUT_PROJECT: checkout.project,
  };
}

function write(folder: string, files: Record<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    if (!file.startsWith(`${folder}/`)) continue;
    mkdirSync(dirname(file), { recursive: true });
    // Rows know no modes: what names its interpreter is a program.
    writeFileSync(file, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
}

/** `--local-repository` for every action that the files use and that stands in here. */
export function standIns(files: Readonly<Record<string, string>>): string[] {
  const used = Object.entries(files)
    .filter(([path]) => path.startsWith(".github/"))
    .flatMap(([, text]) => [...text.matchAll(/\buses:\s*["']?([\w.-]+\/[\w.-]+)(?:\/[\w./-]+)?@([\w.-]+)/g)]);
  const named = new Set(used.map(([, action = "", ref = ""]) => `${action}@${ref}`));
  return [...named].flatMap((name) => {
    const folder = join(
      import.meta.dirname,
      "stand-ins",
      name.slice(name.indexOf("/") + 1, name.indexOf("@")),
    );
    return name.startsWith("actions/") && existsSync(folder)
      ? ["--local-repository", `${name}=${folder}`]
      : [];
  });
}
