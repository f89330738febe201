import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isMap, parseDocument } from "yaml";
import type { Release } from "../components/release.ts";
import { UserError } from "../user-error.ts";
import { isAlive } from "./alive.ts";
import { projectDir, projectName, stackFile } from "./project.ts";

/** What a verb writes into an update's history entry beside the release. Holds no secret. */
export interface UpdateRecord {
  verb: string;
  /** Who ran it. */
  by: string;
  /** Modules that it was known to update in the database before it began; undefined where that was not asked. */
  modules?: string[];
  /** Number of the update whose release and settings it brings back. */
  to?: number;
  /** It goes back by itself from this release, which failed or was not healthy. */
  leaves?: Pick<Release, "tag" | "digest">;
  /** Why policies were passed over, and which. */
  override?: { reason: string; policies: string[] };
  /** The commit whose program ran, where it is not the one of the work tree. */
  program?: string;
}

/** What one update is given on top of the stack's file. */
export interface Overlay {
  release?: Release | undefined;
  update?: UpdateRecord;
  /** Sections that stand in the place of the file's; null takes one out. */
  sections?: Record<string, unknown>;
  /** The program is of a time when it refused the release's key: it is told by PLATFORM_RELEASE, the history by other keys. */
  unknown?: boolean;
}

/** Namespace of the keys that no program reads. */
export const foreign = "odoo-platform-update";

/** Keys of a configuration that are not the project's own, such as `github:owner`, stay as they are. */
const keyOf = (name: string): string => `${projectName()}:${name}`;

/**
 * Runs with a copy of the stack's file that also has what one update is given. The engine keeps an update's configuration
 * in its history, on every backend, so the entry names the release that it ran. Encrypted values are copied as they are.
 */
export async function withOverlay<T>(
  stack: string,
  overlay: Overlay,
  run: (configFile: string) => Promise<T>,
): Promise<T> {
  const folder = join(projectDir(), ".platform", "overlays");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeStale(folder);
  const file = join(folder, `${stack}.${process.pid}.yaml`);
  writeFileSync(file, overlaid(readFileSync(stackFile(stack), "utf8"), overlay), { mode: 0o600 });
  try {
    return await run(file);
  } finally {
    rmSync(file, { force: true });
  }
}

/** The text of a stack's file with an overlay on it. */
export function overlaid(text: string, { release, update, sections = {}, unknown = false }: Overlay): string {
  const document = parseDocument(text);
  const config = configOf(document);
  for (const [name, value] of Object.entries(sections)) {
    if (value === null) config.delete(keyOf(name));
    else config.set(keyOf(name), document.createNode(value));
  }
  const own = (name: string): string => (unknown ? `${foreign}:${name}` : keyOf(name));
  if (release) config.set(own("release"), document.createNode(release));
  if (update) config.set(own("update"), document.createNode(update));
  return document.toString({ lineWidth: 0 });
}

function configOf(document: Document) {
  const config = document.get("config");
  // The file was read and checked before anything ran.
  if (!isMap(config)) throw new UserError("badInput", "the stack's file has no config");
  return config;
}

/** What a run that was killed has left. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(name.split(".").at(-2));
    if (!isAlive(pid)) rmSync(join(folder, name), { force: true });
  }
}
