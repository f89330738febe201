import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ExecaError, execa } from "execa";
import { root } from "../../tools/paths.ts";
import { UserError } from "../../user-error.ts";
import { projectDir } from "../project.ts";
import type { Program } from "../stack.ts";

/** What a program is made of, besides the packages that it uses. */
const parts = ["index.ts", "settings", "components", "host", "catalog"];

/** A commit's checkout, for as long as it is used. */
export interface Worktree {
  /** The project's folder in it. */
  folder: string;
  remove: () => Promise<void>;
}

async function git(...args: string[]): Promise<{ code: number; out: string }> {
  try {
    const { stdout, exitCode } = await execa("git", args, { cwd: projectDir(), stdin: "ignore" });
    return { code: exitCode ?? 0, out: stdout.trim() };
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    return { code: error.exitCode ?? 128, out: String(error.stderr).trim() };
  }
}

/** The whole SHA of a commit that this clone has; undefined for anything else. */
export async function commitOf(sha: string): Promise<string | undefined> {
  const { code, out } = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${sha}^{commit}`);
  return code === 0 ? out : undefined;
}

/** Whether a commit is part of what is checked out. */
export const isBehind = async (sha: string): Promise<boolean> =>
  (await git("merge-base", "--is-ancestor", sha, "HEAD")).code === 0;

/** Whether the folder's files (as they stand, committed or not) differ from a commit's. Undefined: it is not in this clone. */
async function differs(sha: string, paths: readonly string[]): Promise<boolean | undefined> {
  const { code } = await git("diff", "--quiet", sha, "--", ...paths);
  return code === 0 ? false : code === 1 ? true : undefined;
}

/** Policies that have changed since a commit may refuse what it let through. */
export const policiesDiffer = async (sha: string): Promise<boolean> =>
  (await differs(sha, ["policies"])) ?? true;

/**
 * The commit whose program must run to bring an update back; undefined where today's is the same.
 * @throws {UserError} badInput, when the commit is not in this clone
 */
export async function programFor(sha: string | null): Promise<string | undefined> {
  if (sha === null || (await git("rev-parse", "--git-dir")).code !== 0) return undefined;
  const other = await differs(sha, parts);
  if (other === undefined) {
    throw new UserError("badInput", `${sha.slice(0, 12)}: the commit of that update is not in this clone`, {
      hint: "`git fetch` brings it. With --program current today's program runs instead.",
    });
  }
  return other ? sha : undefined;
}

/** Checks a commit out beside the work tree, with this checkout's packages. */
export async function checkOut(sha: string): Promise<Worktree> {
  const folder = join(projectDir(), ".platform", "worktrees");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${sha.slice(0, 12)}-${process.pid}`);
  const { code, out } = await git("worktree", "add", "--force", "--detach", path, sha);
  if (code !== 0) throw new UserError("failed", `${sha.slice(0, 12)}: cannot be checked out\n  ${out}`);
  const prefix = (await git("rev-parse", "--show-prefix")).out;
  const own = join(path, prefix);
  if (!existsSync(join(own, "node_modules")))
    symlinkSync(join(root, "node_modules"), join(own, "node_modules"));
  return {
    folder: own,
    remove: async () => {
      rmSync(path, { recursive: true, force: true });
      await git("worktree", "prune");
    },
  };
}

/** The program of a checkout, and what it knows of settings. */
export interface OtherProgram {
  program: Program;
  /** Keys that it takes; others would be refused. */
  knows: (key: string) => boolean;
  /** Whether it takes the release out of an update's configuration. */
  takesRelease: boolean;
}

/** Loads the program of a checkout. It runs in this process, with this checkout's packages and policies. */
export async function loadProgram(folder: string): Promise<OtherProgram> {
  const load = async (file: string): Promise<Record<string, unknown>> =>
    (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>;
  try {
    const [index, schema, secrets] = await Promise.all([
      load("index.ts"),
      load("settings/schema.ts"),
      load("settings/secrets.ts"),
    ]);
    const known = [schema["sections"], secrets["secretKeys"], secrets["publicKeys"]].flatMap((keys) =>
      Object.keys(keys ?? {}),
    );
    return {
      program: index["default"] as Program,
      knows: (key) => known.includes(key),
      takesRelease: existsSync(join(folder, "settings", "update-keys.ts")),
    };
  } catch (cause) {
    throw new UserError("failed", `${folder}: its program cannot be loaded (${String(cause)})`, {
      hint: "With --program current today's program runs instead.",
      cause,
    });
  }
}
