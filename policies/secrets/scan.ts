import { parseArgs } from "node:util";
import { allowedFile } from "./allowed.ts";
import { scanHistory } from "./scan-history.ts";
import type { ScanFinding } from "./scan-text.ts";
import { scanTree } from "./scan-tree.ts";

export { scanHistory, scanTree, type ScanFinding };

const usage = `npx node policies/secrets/scan.ts [--history] [--json] [FOLDER]

Looks for credentials, and for questions that ask a person for a token, in every file that git has or would take in.
  --history  also in every line that any commit ever added
  --json     one JSON document on stdout: {"findings": [{path, line, id, what, excerpt, fingerprint, commit?}]}
Exit code 0: nothing found, 1: findings, 2: could not scan.`;

const waysOut = `Way out: withdraw what is real where it was issued (it has been seen), then take it out of the file: read it from the
environment or from a secret of the stack. What is none: write "allow-secret: WHY" on its line or the one above, or its
fingerprint and why into ${allowedFile}; only that helps for what is in the history.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      history: { type: "boolean" },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const root = positionals[0] ?? process.cwd();
  const findings = [...(await scanTree(root)), ...(values.history ? await scanHistory(root) : [])];
  if (values.json) console.log(JSON.stringify({ findings }, null, 2));
  for (const finding of findings) console.error(lineOf(finding));
  if (findings.length > 0) console.error(`\n${waysOut}`);
  return findings.length > 0 ? 1 : 0;
}

function lineOf({ path, line, id, what, excerpt, fingerprint, commit }: ScanFinding): string {
  const where = commit === undefined ? "" : ` in ${commit.slice(0, 12)}`;
  return `${path}:${line}${where}: ${what} [${id} ${fingerprint}]: ${excerpt}`;
}

if (import.meta.main) {
  process.exitCode = await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  });
}
