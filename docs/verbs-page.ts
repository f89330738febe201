import { type ExitName, exitCodes, exitMeanings } from "../exit-codes.ts";
import { defaultTimeoutSeconds } from "../operations/verb.ts";
import { verbs } from "../operations/verbs.ts";

/** docs/verbs.md: every verb with its options, and what the exit codes mean. */
export function verbsPage(): string {
  return [
    "# Verbs",
    "",
    "Generated from `operations/verbs.ts` by `npm run docs`. Each verb also takes `--stack NAME` (default `sandbox`), `--json`",
    "(one document on stdout, nothing else) and `--help`. It is ended when it takes longer than the table says, or than",
    "`$TIMEOUT` seconds where that is set.",
    "",
    "| verb | does | options | ended after |",
    "|---|---|---|---|",
    ...Object.entries(verbs).map(([name, { what, options = [], timeoutSeconds = defaultTimeoutSeconds }]) => {
      const flags = options.map(({ flags, what }) => `\`${flags}\` ${what}`).join("<br>");
      return `| \`${name}\` | ${what} | ${flags} | ${timeOf(timeoutSeconds)} |`;
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

const timeOf = (seconds: number): string => (seconds >= 3600 ? `${seconds / 3600} h` : `${seconds / 60} min`);
