import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { Release } from "../../components/release.ts";
import type { Settings } from "../../settings/schema.ts";
import { UserError } from "../../user-error.ts";
import { findImage, tagsOf } from "../registry.ts";

/** `TAG` or `TAG@sha256:…`, as --release takes it. @throws {UserError} badInput */
export function parseTag(asked: string): { tag: string; digest?: string } {
  const [, tag, digest] = /^(\w[\w.-]{0,127})(?:@(sha256:[0-9a-f]{64}))?$/.exec(asked) ?? [];
  if (tag === undefined)
    throw new UserError("badInput", `--release: "${asked}" is no tag; write 19.0.1 or 19.0.1@sha256:…`);
  return { tag, ...(digest === undefined ? {} : { digest }) };
}

/** A payload from a file, or "-" for standard input. @throws {UserError} badInput, without quoting what was read */
export async function readPayload(path: string): Promise<unknown> {
  try {
    return JSON.parse(path === "-" ? await text(process.stdin) : readFileSync(path, "utf8")) as unknown;
  } catch (cause) {
    const where = path === "-" ? "standard input" : path;
    const fault = cause instanceof SyntaxError ? "holds no JSON" : "cannot be read";
    throw new UserError("badInput", `--dispatch: ${where} ${fault}; give the payload of the dispatch`, {
      cause,
    });
  }
}

/**
 * The release of a tag, by the digest that its registry knows it under.
 * @throws {UserError} badInput: there is no such image; notAuthenticated; failed
 */
export async function releaseOfTag(
  { image, host }: Pick<Settings, "image" | "host">,
  { tag, digest }: { tag: string; digest?: string },
  { credentials, signal }: { credentials: string | undefined; signal: AbortSignal },
): Promise<Release> {
  const { registry, repository } = image;
  const trusted = host.kind === "droplet" ? host.trustedCertificates : [];
  const options = { credentials, trusted, signal };
  const wanted = { registry, repository, tag, ...(digest === undefined ? {} : { digest }) };
  const found = await findImage(wanted, options);
  if (found) return { ...wanted, ...found };
  const tags = digest === undefined ? await tagsOf(wanted, options) : [];
  const name = `${registry}/${repository}`;
  const way = tags.length > 0 ? `; there is ${tags.join(", ")}` : "";
  throw new UserError("badInput", `${name}: has no ${digest === undefined ? `tag ${tag}` : digest}${way}`, {
    hint: "Nothing was changed. Build and push it first.",
  });
}
