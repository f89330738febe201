import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../user-error.ts";

/**
 * What runs: one value, kept in the stack and not in git. `platform deploy` hands a new one in through the environment;
 * every other update keeps the one that runs.
 */
export interface Release {
  /** Registry's host: "ghcr.io". */
  registry: string;
  /** Image's name there: "owner/odoo". */
  repository: string;
  /** Human name of the release: "19.0", "2026-11-21-1". */
  tag: string;
  /** "sha256:" and 64 hex digits. It wins over the tag; a new stack has none before its first deploy. */
  digest?: string;
  /** The commit it was built from, 40 hex digits. */
  gitSha?: string;
  /**
   * A wish for the data of a copy on the machine's volume: the copy's id, "_" and what makes it unlike each wish before it. Part
   * of what the release is, so that the engine sees it; the machine fulfils each once.
   */
  data?: string;
}

/**
 * The same release with the data of that copy, or with the data that are live. Data that it once came with are no part of what
 * it is asked for later: they have been worked with since, and brought again, all of that would be lost.
 */
export function releaseWith(release: Release, copy?: string): Release {
  const { data: _, ...rest } = release;
  return copy === undefined ? rest : { ...rest, data: `${copy}_${randomBytes(4).toString("hex")}` };
}

/** Id of the copy that a release came with. */
export const copyOf = ({ data }: Pick<Release, "data">): string | undefined => data?.split("_")[0];

/** What bringing a release to the machine came to: the answer of host/odoo/apply.sh, and the stack's output `change`. */
export interface ReleaseChange {
  /** Nothing to do; code beside what served; modules updated in a pause; data brought back in one. */
  kind: "first" | "none" | "code" | "modules" | "data";
  /** Modules that were updated. */
  modules: string[];
  /** Where it serves. */
  slot: "blue" | "green";
  seconds: number;
  rehearsalSeconds: number | null;
  /** How long people saw the page for pauses. */
  pauseSeconds: number | null;
  /** The copy made in the pause: what a way back with data brings back. */
  copy: string | null;
  /** Hash of each installed add-on, by name. */
  addons: Record<string, string>;
}

/** Reads the machine's answer; undefined where a droplet is a row of the sandbox and nothing ran. */
export function parseChange(answer: string): ReleaseChange | undefined {
  const last = answer.trim().split("\n").at(-1);
  // Such a row answers every command with its host key.
  return last?.startsWith("{") ? (JSON.parse(last) as ReleaseChange) : undefined;
}

/**
 * The release of this update: the one handed in by PLATFORM_RELEASE (JSON), else the one that the stack runs, else the
 * settings' initial image.
 *
 * @param running the stack's last `release` output
 * @throws {UserError} badInput, when PLATFORM_RELEASE is no release
 */
export function chooseRelease(initial: Release, running: unknown, handedIn: string | undefined): Release {
  if (handedIn) return parseRelease(handedIn);
  return isRelease(running) ? running : initial;
}

/** What the stack's last update said of itself; nothing on its first. */
export interface LastOutputs {
  release: unknown;
  secretsDigest: unknown;
}

/** Reads the stack's own outputs: a reference to itself works, also before its first update. */
export async function lastOutputs(): Promise<LastOutputs> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const self = new pulumi.StackReference("self", { name });
  const [release, secretsDigest] = await Promise.all([
    self.getOutputDetails("release"),
    self.getOutputDetails("secretsDigest"),
  ]);
  return { release: release.value, secretsDigest: secretsDigest.value };
}

function parseRelease(text: string): Release {
  const way = "set it by `platform deploy --release TAG`, or unset it to keep what runs";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError("badInput", `PLATFORM_RELEASE: is not JSON; ${way}`, { cause });
  }
  if (isRelease(value)) return value;
  const fault = "lacks registry, repository or tag, or its digest is none";
  throw new UserError("badInput", `PLATFORM_RELEASE: ${fault}; ${way}`);
}

function isRelease(value: unknown): value is Release {
  if (typeof value !== "object" || value === null) return false;
  const { registry, repository, tag, digest, data } = value as Record<string, unknown>;
  const named = [registry, repository, tag].every((text) => typeof text === "string" && text !== "");
  if (!named) return false;
  if (data !== undefined && !(typeof data === "string" && /^\w+$/.test(data))) return false;
  return digest === undefined || (typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest));
}

/** How Docker knows a release: by digest, or by tag as long as no digest is known. */
export function imageReference({
  registry,
  repository,
  tag,
  digest,
}: Pick<Release, "registry" | "repository" | "tag" | "digest">): string {
  return `${registry}/${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}
