import { appendFileSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../user-error.ts";
import { refusedByGitHub } from "./github-api.ts";
import { openOwnRepository } from "./own-repository.ts";
import { type Told, commentOf, marker } from "./pull-request/comment.ts";
import type { Context, Outcome, Run } from "./verb.ts";
import { workflowRun } from "./workflow-run.ts";

/** Tells a pull request what it would do: one comment, edited in place, from what previews have answered. */
export const run: Run = async ({ options, signal }: Context): Promise<Outcome> => {
  const told = readTold(String(options["from"] ?? ""));
  const { comment, whole } = commentOf([...told, ...unsaid(told, options["result"])], workflowRun());
  const { GITHUB_STEP_SUMMARY: summary } = process.env;
  if (summary) appendFileSync(summary, `${whole}\n`);
  if (options["onlySummary"] === true) return { json: { comment }, text: comment };
  const url = await keepComment(numberOf(options["number"]), comment, signal);
  return { json: { comment, url }, text: `The comment is at ${url}` };
};

/** @throws {UserError} badInput for a folder without answers */
function readTold(folder: string): Told[] {
  const files = list(folder).filter((name) => name.endsWith(".json"));
  if (files.length === 0) {
    const message = `--from: "${folder}" holds no answer of a verb; put what preview --json printed there, a file each`;
    throw new UserError("badInput", message);
  }
  return files
    .sort((a, b) => (stackOf(a) < stackOf(b) ? -1 : 1))
    .map((name) => {
      try {
        return JSON.parse(readFileSync(join(folder, name), "utf8")) as Told;
      } catch {
        const stack = stackOf(name);
        const error = { code: "failed", message: "it gave no answer; its log says why" };
        return { verb: "preview", stack, exit: "failed", error };
      }
    });
}

/** A job that was not well and left no answer must not be taken for "changes nothing". */
function unsaid(told: readonly Told[], result: string | boolean | undefined): Told[] {
  const said = told.some(({ error, findings = [] }) => error !== undefined || findings.length > 0);
  if (result === undefined || result === "success" || said) return [];
  const error = { code: "failed", message: "a job before gave no answer; its log says why" };
  return [{ verb: "preview", stack: "a stack", exit: "failed", error }];
}

const stackOf = (file: string): string => file.replace(/\.json$/, "");

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function numberOf(given: string | boolean | undefined): number {
  const number = Number(given ?? /^refs\/pull\/(\d+)\//.exec(process.env["GITHUB_REF"] ?? "")?.[1]);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UserError("badInput", "--number: say which pull request, by its number");
}

/** Edits the comment that has the marker, or writes it. */
async function keepComment(issue_number: number, body: string, signal: AbortSignal): Promise<string> {
  const { octokit, owner, repo } = openOwnRepository(signal);
  const { issues } = octokit.rest;
  const at = { owner, repo };
  try {
    const all = await octokit.paginate(issues.listComments, { ...at, issue_number, per_page: 100 });
    const known = all.find((one) => one.body?.startsWith(marker));
    const { data } = known
      ? await issues.updateComment({ ...at, comment_id: known.id, body })
      : await issues.createComment({ ...at, issue_number, body });
    return data.html_url;
  } catch (error) {
    throw refusedByGitHub("the comment was written", error);
  }
}
