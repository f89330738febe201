import { createHash } from "node:crypto";
import { detect, detectPrompts, type Finding, guesses } from "./detect.ts";

/** A credential, or a question for one, in a file. */
export interface ScanFinding {
  /** Path from the root, with `/`; "commit message" for what stands in one. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** The kind, as listed in docs/policies.md. */
  readonly id: string;
  readonly what: string;
  /** The line, with every finding in it covered. */
  readonly excerpt: string;
  /** Names the value without saying it; stands in `.secrets-allowed` to let it through. */
  readonly fingerprint: string;
  /** The commit that added it, for a finding in the history. */
  readonly commit?: string;
}

/** Text of one file: the whole of it, or the lines that one commit added. */
export interface Chunk {
  readonly path: string;
  readonly text: string;
  /** Where each of its lines stands in the file; where left out, it is the whole file. */
  readonly numbers?: readonly number[];
  readonly commit?: string;
}

/** Fixtures are made to look like secrets; whatever is in them is let through. */
const fixtures = /(?:^|\/)tests?\/(?:.*\/)?fixtures\//;
/** In tests a made-up password is no finding, though a vendor's token still is. */
const tests = /(?:^|\/)(?:tests?|evals)\//;
const code = /\.(?:[cm]?[jt]sx?|py|go|rs|java|rb)$/;
/** On the line of a finding, or on the one above it: lets it through, and says why. */
const marker = /allow-secret: *\S.{3,}/;

/**
 * Finds credentials and questions for tokens in a file's text. Not found is what is only an example, what the file lets
 * through by a comment `allow-secret: REASON`, and what `allowed` has by fingerprint.
 */
export async function scanText(chunk: Chunk, allowed: ReadonlySet<string>): Promise<ScanFinding[]> {
  const { path, text } = chunk;
  if (fixtures.test(path)) return [];
  const all = [...(await detect(text, code.test(path) ? "code" : "document")), ...detectPrompts(text)];
  const found = tests.test(path) ? all.filter(({ id }) => !guesses.has(id)) : all;
  if (found.length === 0) return [];
  const lines = linesOf(text);
  return found
    .map((finding) => ({ finding, at: lines.findLastIndex(({ start }) => start <= finding.index) }))
    .filter(({ at }) => !isMarked(lines, at))
    .map(({ finding, at }) => described(finding, at, chunk, lines, found))
    .filter(({ fingerprint }) => !allowed.has(fingerprint));
}

interface Line {
  readonly start: number;
  readonly text: string;
}

function linesOf(text: string): Line[] {
  let start = 0;
  return text.split("\n").map((line) => {
    const at = { start, text: line };
    start += line.length + 1;
    return at;
  });
}

function described(
  finding: Finding,
  at: number,
  chunk: Chunk,
  lines: readonly Line[],
  all: readonly Finding[],
): ScanFinding {
  const value = chunk.text.slice(finding.index, finding.index + finding.length);
  return {
    path: chunk.path,
    line: chunk.numbers?.[at] ?? at + 1,
    id: finding.id,
    what: finding.what,
    excerpt: masked(lines[at] ?? { start: 0, text: "" }, all),
    fingerprint: createHash("sha256").update(value).digest("hex").slice(0, 16),
    ...(chunk.commit === undefined ? {} : { commit: chunk.commit }),
  };
}

/** At most 120 characters of a line, each finding in it covered but for a question, which is no secret. */
function masked({ start, text }: Line, found: readonly Finding[]): string {
  let shown = text;
  const here = found
    .filter(
      ({ id, index, length }) =>
        id !== "token-prompt" && index < start + text.length && index + length > start,
    )
    .sort((a, b) => b.index - a.index);
  for (const { index, length } of here) {
    shown = shown.slice(0, Math.max(0, index - start)) + "*****" + shown.slice(index - start + length);
  }
  return shown.trim().slice(0, 120);
}

function isMarked(lines: readonly Line[], at: number): boolean {
  return [lines[at], lines[at - 1]].some((line) => line !== undefined && marker.test(line.text));
}
