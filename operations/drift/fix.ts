import { type Card, cardText, changeList } from "../card.ts";
import { confirm } from "../confirm.ts";
import { checkCredentials } from "../credentials.ts";
import { type Looked, exitOf, look } from "../drift.ts";
import { isSandbox } from "../engine-env.ts";
import { withLock } from "../lock.ts";
import { onMachineOf } from "../machine.ts";
import { me } from "../me.ts";
import { previewStack } from "../preview.ts";
import { readSettings } from "../project.ts";
import { recover } from "../recover.ts";
import { releaseToKeep } from "../running.ts";
import { requireRoom } from "../state-folder.ts";
import type { StateResource } from "../state.ts";
import { UserError } from "../../user-error.ts";
import type { Context, Outcome } from "../verb.ts";
import { asideFolder } from "./mend.ts";
import { driftText } from "./text.ts";
import { takeUnreadable } from "./unreadable.ts";
import { shellWord } from "../../shell-word.ts";

/** What is done to a machine so that it becomes again what it is meant to be. */
interface Plan {
  /** Concerns that are brought again, by their names. */
  concerns: string[];
  /** Files that are moved aside before. */
  aside: string[];
  /** Commands that set values back before. */
  runs: string[];
  /** Commands of the state that run again. */
  replace: string[];
}

/**
 * An update that puts right what has drifted: reads what is really at the vendors, brings the drifted concerns again, and moves
 * aside what is in the way of them. What only a person can decide is told, and stays.
 */
export async function fix(context: Context, looked: Looked): Promise<Outcome> {
  const { stack, options, progress } = context;
  const { drift } = looked;
  const accept = options["accept"] === true;
  const plan = planOf(looked, accept);
  const atVendors = drift.differences.some(({ where }) => where === "vendor");
  if (plan.replace.length === 0 && plan.aside.length === 0 && !atVendors)
    return {
      exit: exitOf(drift),
      json: { ...drift, fixed: 0 },
      text: `${driftText(stack, drift)}\nNothing of it is for an update to put right.`,
    };
  progress.note(`${driftText(stack, drift)}\n`);
  requireRoom();
  const account = await checkCredentials(readSettings(stack).repositories);
  await withLock(stack, "drift --fix", () => mend(context, { looked, plan, accept, atVendors, account }));
  const { drift: after } = await look(context);
  const fixed = Math.max(0, drift.differences.length - after.differences.length);
  return {
    exit: exitOf(after),
    json: { ...after, fixed },
    text: driftText(stack, after),
  };
}

interface Mending {
  looked: Looked;
  plan: Plan;
  accept: boolean;
  atVendors: boolean;
  account: string;
}

async function mend(context: Context, { looked, plan, accept, atVendors, account }: Mending): Promise<void> {
  const { stack, progress, signal } = context;
  const { state } = await recover(context);
  const { PlatformStack } = await import("../stack.ts");
  const opened = await PlatformStack.open(stack);
  const overlay = {
    release: releaseToKeep(state, readSettings(stack)),
    update: { verb: "drift --fix", by: me() },
  };
  const before = await takeUnreadable(stack, opened, looked.drift.differences);
  try {
    const { card } = await previewStack(context, { account, overlay, refresh: atVendors });
    const asked = withMachine(card, plan);
    progress.note(`${changeList(card)}\n${cardText(asked)}\n${planText(plan, accept)}`);
    if (!isSandbox(stack) || asked.severity === "severe") await confirm(context, asked);
  } catch (error) {
    // The next update would carry what nobody has agreed to.
    if (before) await opened.importState(before);
    throw error;
  }
  if (plan.replace.length > 0)
    await progress.step("Making the machine ready", () =>
      onMachineOf(looked.reading, { signal }, async (machine) => {
        const { exitCode, stderr } = await machine.run(readyScript(plan, accept), { seconds: 60 });
        if (exitCode !== 0) throw new UserError("failed", `${stack}: ${stderr.trim()}`);
      }),
    );
  await progress.step(`Updating ${stack}`, (tell) =>
    opened.up({
      signal,
      tell,
      overlay,
      refresh: atVendors,
      replace: plan.replace,
      message: `platform drift --fix, by ${me()}`,
    }),
  );
}

/** @param accept what is on the machine is meant: only the inventory is taken anew */
export function planOf({ inside, resources }: Pick<Looked, "inside" | "resources">, accept: boolean): Plan {
  const fixable = accept ? [] : inside.filter((one) => one.fixable);
  const concerns = [...new Set(fixable.flatMap(({ way }) => way.concern ?? []))].sort();
  const aside = fixable.flatMap(({ way }) => way.aside ?? []);
  const runs = fixable.flatMap(({ way }) => way.run ?? []);
  if (concerns.length + aside.length + runs.length === 0 && !accept)
    return { concerns, aside, runs, replace: [] };
  // What ran with a file in the way has to be brought again without it.
  const all = [...new Set([...concerns, ...aside.flatMap(concernOfAside)])].sort();
  const replace = [...all, "inventory"].flatMap((concern) => urnOf(resources, concern) ?? []);
  return { concerns: all, aside, runs, replace: [...new Set(replace)] };
}

const concernOfAside = (path: string): string[] => {
  if (path.startsWith("/etc/ssh/")) return ["base"];
  const unit = /^\/etc\/systemd\/system\/(nginx|docker|containerd|ssh)\./.exec(path)?.[1];
  const concern = { nginx: "nginx", docker: "docker", containerd: "docker", ssh: "base" }[unit ?? ""];
  return concern ? [concern] : [];
};

function urnOf(resources: readonly StateResource[], concern: string): string | undefined {
  return resources.find(({ type, urn }) => type === "command:remote:Command" && urn.endsWith(`-${concern}`))
    ?.urn;
}

/** Containers that are brought again are a pause, which a preview of resources does not see. */
function withMachine(card: Card, { concerns }: Plan): Card {
  const pausing = concerns.filter((one) => ["docker", "postgres", "odoo"].includes(one));
  if (pausing.length === 0) return card;
  const severity = card.severity === "mild" ? "moderate" : card.severity;
  return {
    ...card,
    severity,
    downtime: card.downtime === "none" ? `perhaps seconds: ${pausing.join(", ")}` : card.downtime,
  };
}

function planText({ concerns, aside, runs }: Plan, accept: boolean): string {
  return [
    ...(runs.length > 0 ? [`  Set back  ${runs.length} values`] : []),
    ...(concerns.length > 0 ? [`  Again     ${concerns.join(", ")}`] : []),
    ...(aside.length > 0 ? [`  Aside     ${aside.join(", ")}`] : []),
    ...(accept ? ["  Accepted  what is on the machine now, but for the files that the program puts"] : []),
    "",
  ].join("\n");
}

/**
 * Moves files aside, and has the concerns count everything as changed: the file that somebody edited is put back by itself, but
 * whoever has read it meanwhile reads it again only then.
 */
export function readyScript({ concerns, aside, runs }: Omit<Plan, "replace">, accept: boolean): string {
  const stamps = "/var/lib/odoo-platform";
  return [
    "{",
    "set -eu",
    "exec 9>>/run/lock/odoo-platform.lock",
    "flock -w 60 9 || { echo 'another run holds the machine' >&2; exit 1; }",
    `aside=${asideFolder}/$(date -u +%Y%m%dT%H%M%SZ)`,
    ...aside.map(
      (path) =>
        `install -d -m 0700 "$aside"${shellWord(folderOf(path))} && mv ${shellWord(path)} "$aside"${shellWord(path)}`,
    ),
    ...(aside.length > 0 ? ["systemctl daemon-reload"] : []),
    // Odoo's containers have the name of their slot.
    `actual() { if docker inspect "$1" >/dev/null 2>&1; then echo "$1"; else echo "$1-$(cat ${stamps}/odoo-slot)"; fi; }`,
    ...runs,
    ...(concerns.includes("nginx") ? [freshNginx] : []),
    ...concerns.map((concern) => `: >${stamps}/${concern}`),
    ...(accept ? [`rm -f ${stamps}/inventory-facts`] : []),
    "}",
    "",
  ].join("\n");
}

// It takes a configuration by its name for what it was sent: under another name it is made anew, tested and switched to.
const freshNginx = `if cd /etc/odoo-platform/nginx 2>/dev/null && [ -d "$(readlink current)" ] && [ "$(readlink current)" != conf-drifted ]; then
  rm -rf conf-drifted
  cp -a "$(readlink current)" conf-drifted
  ln -sfnT conf-drifted new
  mv -T new current
fi`;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));
