import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { readAddons } from "../catalog/read-addons.ts";
import { verifyManifest } from "../policies/manifest/verify.ts";
import { root } from "../tools/paths.ts";
import { plain } from "./markdown.ts";
import { projectDir } from "./project.ts";
import type { Outcome, Run } from "./verb.ts";

const files = ["config/addons_manifest.oca_ipai.json", "addons.manifest.json"];

/** Writes down what the manifests are, byte for byte, and whether they are in order. */
export const run: Run = async (): Promise<Outcome> => {
  const report = verifyManifest(root);
  const { findings, counts } = report;
  const at = new Date().toISOString();
  const commit = await execa("git", ["-C", root, "rev-parse", "HEAD"], { reject: false });
  const evidence = {
    version: 1,
    at,
    commit: commit.exitCode === 0 ? commit.stdout : null,
    status: findings.length === 0 ? "pass" : "fail",
    counts,
    findings,
    files: Object.fromEntries(files.map((file) => [file, digestOf(join(root, file))])),
    repositories: readAddons(root).repositories.map(({ name, series, commit: pinned, modules }) => ({
      name,
      series,
      commit: pinned ?? null,
      modules: modules.length,
    })),
  };
  const stamp = at.replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 13);
  const folder = join(projectDir(), ".platform", "evidence", "oca-ipai-manifest", stamp);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "evidence.json"), `${JSON.stringify(evidence, null, 2)}\n`);
  writeFileSync(join(folder, "VERIFICATION.md"), verification(evidence));
  const verdict = findings.length === 0 ? "in order" : `broken: ${findings.length} findings`;
  return {
    exit: findings.length === 0 ? "done" : "findings",
    json: { folder, ...evidence },
    text: `The manifests are ${verdict}. Evidence: ${folder}`,
  };
};

function digestOf(file: string): string | null {
  try {
    return `sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}`;
  } catch {
    return null; // that it is missing is a finding
  }
}

interface Written {
  at: string;
  commit: string | null;
  status: string;
  counts: object;
  findings: { rule: string; path: string; fault: string; fix: string }[];
  files: Record<string, string | null>;
}

const verification = ({ at, commit, status, counts, findings, files: digests }: Written): string =>
  [
    "# Manifest verification",
    [
      `- Time: ${at}`,
      `- Commit: ${commit ?? "not known"}`,
      `- Status: ${status === "pass" ? "✅ pass" : "❌ fail"}`,
      ...Object.entries(counts).map(([name, count]) => `- ${name}: ${String(count)}`),
      ...Object.entries(digests).map(([name, digest]) => `- \`${name}\`: ${digest ?? "missing"}`),
    ].join("\n"),
    findings.length === 0
      ? "No findings."
      : findings
          .map(({ rule, path, fault, fix }) => `- \`${rule}\`: ${plain(`${path} ${fault}; ${fix}`)}`)
          .join("\n"),
    "",
  ].join("\n\n");
