import { type ExitName, exitCodes, exitMeanings } from "../exit-codes.ts";
import { verbs } from "../operations/verbs.ts";

/** docs/verbs.md: every verb with its options, and what the exit codes mean. */
export function verbsPage(): string {
  return [
    "# Verbs",
    "",
    "Generated from `operations/verbs.ts` by `npm run docs`. Each verb also takes `--stack NAME` (default `sandbox`), `--json`",
    "(one document on stdout, nothing else) and `--help`, and ends after `$TIMEOUT` seconds (default 300).",
    "",
    "| verb | does | options |",
    "|---|---|---|",
    ...Object.entries(verbs).map(([name, { what, options = [] }]) => {
      const flags = options.map(({ flags, what }) => `\`${flags}\` ${what}`).join("<br>");
      return `| \`${name}\` | ${what} | ${flags} |`;
    }),
    "",
    "## Exit codes",
    "",
    "1 to 9 are Pulumi's own.",
    "",
    "| code | meaning |",
    "|---|---|",
    ...(Object.keys(exitCodes) as ExitName[]).map((name) => `| ${exitCodes[name]} | ${exitMeanings[name]} |`),
    "",
  ].join("\n");
}
