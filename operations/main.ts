#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { type ExitName, exitCodes, exitMeanings } from "../exit-codes.ts";
import { leanSdk } from "../tools/lean-sdk.ts";
import { UserError } from "../user-error.ts";
import type { Progress } from "./progress.ts";
import { type Context, type Outcome, type Verb, defaultTimeoutSeconds } from "./verb.ts";
import { verbs } from "./verbs.ts";

/** Version of every `--json` document; it rises when a field goes or changes its meaning. */
const jsonVersion = 1;

/** Of a Node timer: a longer one ends at once. */
const longestTimeoutSeconds = 2_147_483;

// Verbs load it when they are run.
leanSdk();

const interruption = new AbortController();
let interrupted = false;
/** Whether this is one of several JSON documents, which then have a line each. */
let severalAnswers = false;

interface Call {
  name: string;
  verb: Verb;
  options: Context["options"] & { stack: string; json?: boolean };
}

/** Reads a command line, runs the verb, prints, and says how the process ends. */
async function main(argv: string[]): Promise<ExitName> {
  let call: Call | undefined;
  const program = commandLine((chosen) => (call = chosen));
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return usageError(error, argv);
  }
  return call ? await runVerb(call) : "badInput";
}

function commandLine(choose: (call: Call) => void): Command {
  const program = new Command("platform")
    .description("Odoo hosting as code: Odoo on your own DigitalOcean and GitHub accounts.")
    .addHelpText("after", `\nExit codes:\n${exitTable()}`)
    .helpOption("-h, --help", "show this")
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  const groups = new Map<string, Command>();
  for (const [name, verb] of Object.entries(verbs)) {
    const [first = "", second] = name.split(" ");
    const parent = second === undefined ? program : group(program, groups, first);
    const command = parent
      .command(second ?? first)
      .description(verb.what)
      .exitOverride();
    command.addOption(new Option("-s, --stack <name>", "the stack").default(verb.stack ?? "sandbox"));
    command.option("--json", "one JSON document on stdout, nothing else");
    for (const { flags, what } of verb.options ?? []) command.option(flags, what);
    command.action((options: Call["options"]) => choose({ name, verb, options }));
  }
  return program;
}

function group(program: Command, groups: Map<string, Command>, name: string): Command {
  const known = groups.get(name);
  if (known) return known;
  const what = `${name}: ${Object.keys(verbs)
    .filter((verb) => verb.startsWith(`${name} `))
    .map((verb) => verb.slice(name.length + 1))
    .join(", ")}`;
  const made = program.command(name).description(what).exitOverride();
  groups.set(name, made);
  return made;
}

async function runVerb(call: Call): Promise<ExitName> {
  const json = call.options.json === true;
  if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(call.options.stack)) {
    const message = `--stack: "${call.options.stack}" is not a stack's name; letters, digits, dashes, dots, underscores`;
    return printError(call.name, new UserError("badInput", message), json, call.options.stack);
  }
  const { stderrProgress, silentProgress } = await import("./progress.ts");
  const seconds = timeoutSeconds(call.verb.timeoutSeconds ?? defaultTimeoutSeconds);
  const timeout = AbortSignal.timeout(seconds * 1000);
  const signal = AbortSignal.any([timeout, interruption.signal]);
  const progress = unlessStopped(json ? silentProgress() : stderrProgress());
  const context: Context = {
    stack: call.options.stack,
    json,
    options: call.options,
    progress,
    signal,
    ask: !json && process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
    show: (outcome) => show(call, outcome, json),
  };
  try {
    const { run } = await call.verb.load();
    return print(call, await run(context), json);
  } catch (error) {
    const told = interrupted
      ? stopped(progress.current, error)
      : timeout.aborted
        ? late(progress.current, seconds, error)
        : error;
    if (!(told instanceof UserError)) throw told;
    return printError(call.name, told, json, call.options.stack);
  }
}

/** After Ctrl-C no further step begins, whatever the one that runs makes of it. */
function unlessStopped(progress: Progress): Progress {
  return {
    note: (text) => progress.note(text),
    get current() {
      return progress.current;
    },
    step: async (title, run) => {
      if (interrupted) throw stopped(progress.current, undefined);
      return await progress.step(title, run);
    },
  };
}

function stopped(step: string, cause: unknown): UserError {
  const message = `Stopped at "${step}". What was done stays; the same command goes on from there.`;
  return new UserError("cancelled", message, { cause });
}

function late(step: string, seconds: number, cause: unknown): UserError {
  const message = `not done after ${seconds} s, at "${step}"; TIMEOUT=${seconds * 2} gives it longer`;
  return new UserError("timeout", message, { cause });
}

/** An answer of several: on a terminal in the place of the one before, as JSON a line each. */
function show(call: Call, outcome: Outcome, json: boolean): void {
  severalAnswers = true;
  if (!json && process.stdout.isTTY) process.stdout.write("\u001b[H\u001b[2J");
  const { next: _, ...answer } = outcome;
  print(call, answer, json);
}

function print(call: Call, outcome: Outcome, json: boolean): ExitName {
  const exit = outcome.exit ?? "done";
  if (json) {
    printJson({ verb: call.name, stack: call.options.stack, exit, ...outcome.json, next: outcome.next });
    return exit;
  }
  if (outcome.text !== "") process.stdout.write(`${outcome.text}\n`);
  if (outcome.next) process.stderr.write(`\nNext: ${outcome.next}\n`);
  return exit;
}

function printError(verb: string, error: UserError, json: boolean, stack?: string): ExitName {
  const { exit, message, hint, next } = error;
  if (json) printJson({ verb, stack, exit, error: { code: exit, message, hint, next } });
  else process.stderr.write(`\n${[message, hint, next && `Next: ${next}`].filter(Boolean).join("\n")}\n`);
  return exit;
}

function printJson(document: Record<string, unknown> & { exit: ExitName }): void {
  const whole = { version: jsonVersion, ...document, exitCode: exitCodes[document.exit] };
  process.stdout.write(`${JSON.stringify(whole, null, severalAnswers ? 0 : 2)}\n`);
}

function usageError(error: CommanderError, argv: string[]): ExitName {
  if (error.code === "commander.helpDisplayed") return "done";
  if (error.code === "commander.help") return "badInput";
  const message = error.message.replace(/^error: /, "").replace("\n", " ");
  return printError(
    argv[0] ?? "",
    new UserError("badInput", message, { next: "platform --help" }),
    argv.includes("--json"),
  );
}

function timeoutSeconds(fallback: number): number {
  const text = process.env["TIMEOUT"];
  const seconds = Number(text ?? fallback);
  if (seconds > 0 && seconds <= longestTimeoutSeconds) return seconds;
  throw new UserError(
    "badInput",
    `TIMEOUT: "${text}" is not a number of seconds up to ${longestTimeoutSeconds}; unset it for ${fallback}`,
  );
}

async function ask(question: string): Promise<string> {
  const { text, isCancel } = await import("@clack/prompts");
  const answer = await text({ message: question, output: process.stderr });
  if (isCancel(answer)) throw new UserError("cancelled", "cancelled; nothing was changed");
  return answer ?? "";
}

function exitTable(): string {
  const names = Object.keys(exitCodes) as ExitName[];
  return names.map((name) => `  ${String(exitCodes[name]).padStart(2)}  ${exitMeanings[name]}`).join("\n");
}

// At a terminal the engine hears Ctrl-C itself, and would take a second one from here for "at once, without order". Without
// a terminal (a cancelled job) only this process is told, so it passes it on.
function interrupt(): void {
  if (!interrupted) process.stderr.write("\nStopping in order.\n");
  interrupted = true;
  if (!process.stdin.isTTY) interruption.abort();
}
process.on("SIGINT", interrupt);
process.on("SIGTERM", () => {
  interrupt();
  interruption.abort();
});

try {
  process.exitCode = exitCodes[await main(process.argv.slice(2))];
} catch (error) {
  const json = process.argv.includes("--json");
  if (error instanceof UserError) process.exitCode = exitCodes[printError("", error, json)];
  else {
    // A bug: its stack goes to stderr, and whoever reads JSON is told all the same.
    if (json) printError("", new UserError("failed", String(error)), json);
    throw error;
  }
}
