import type { Verb } from "./verb.ts";

const yes = { flags: "--yes", what: "do not ask, unless data would be lost" };
const confirmed = {
  flags: "--confirm <name>",
  what: "the stack's name, instead of typing it where data would be lost",
};

const wait = { flags: "--wait", what: "wait for whoever is changing the stack" };
const override = { flags: "--override <reason>", what: "although a policy forbids it, and why" };

const dispatched = [
  { flags: "--release <tag>", what: "the image's tag" },
  { flags: "--task <id>", what: "number of the approved task in Odoo" },
  { flags: "--message <text>", what: "what is deployed, in a sentence" },
  { flags: "--branch <name>", what: "the branch that it was built from (the repository's)" },
  { flags: "--by <name>", what: "who asks for it (you)" },
  { flags: "--minutes <count>", what: "how long it is good (60)" },
];

/** Every verb, in the order of `--help`. A verb of two words belongs to a group. */
export const verbs: Record<string, Verb> = {
  init: {
    what: "make a stack's settings, or add what is missing: passwords, keys, salt",
    options: [{ flags: "--kind <kind>", what: "of a new stack: droplet or app" }],
    load: () => import("./init.ts"),
  },
  preview: {
    what: "show what an update would change, cost and risk; writes nothing",
    options: [
      { flags: "--with-refusals", what: "what it would do and what the policies forbid of it, side by side" },
      { flags: "--no-policies", what: "leave the policy packs out, to measure them" },
    ],
    load: () => import("./preview.ts"),
  },
  up: {
    what: "bring the stack to what the settings declare",
    timeoutSeconds: 1800,
    options: [yes, confirmed],
    load: () => import("./up.ts"),
  },
  destroy: {
    what: "take the stack away, on its typed name; backups and DNS zone stay",
    timeoutSeconds: 1800,
    options: [
      { flags: "--confirm <name>", what: "the stack's name, instead of typing it" },
      { flags: "--with-backups", what: "take the backups away too" },
      { flags: "--with-zone", what: "take the DNS zone away too, with all records in it" },
    ],
    load: () => import("./destroy.ts"),
  },
  deploy: {
    what: "bring a release, watch it, and go back by itself when it is not well",
    // With an hour of watching.
    timeoutSeconds: 4800,
    options: [
      { flags: "--release <tag>", what: "the image's tag, or tag@sha256:…" },
      {
        flags: "--dry-run",
        what: "only say what it would do, with the update tried on a copy; like preview",
      },
      { flags: "--dispatch <file>", what: "a signed payload that says what to bring; - for standard input" },
      {
        flags: "--with-data",
        what: "when it is not well after a module update, go back with the data of before, too",
      },
      { flags: "--watch <seconds>", what: "how long to watch it, instead of deploy.watchMinutes" },
      {
        flags: "--override <reason>",
        what: "to production without a fresh backup and drill, and why; it is kept in history and evidence",
      },
      wait,
      yes,
      confirmed,
    ],
    load: () => import("./deploy.ts"),
  },
  rollback: {
    what: "go back to an earlier release and its settings, through the stack's history",
    timeoutSeconds: 600,
    options: [
      { flags: "--to <where>", what: "number of an update, or a commit; else the last good one" },
      { flags: "--list", what: "what can be gone back to, and what each would change" },
      { flags: "--with-data", what: "database and files too, as they were before the module update" },
      { flags: "--if-runs <tag>", what: "only where that release is what runs, or nobody knows what does" },
      { flags: "--program <which>", what: "current: by today's program, not that of then" },
      { flags: "--override <reason>", what: "go back although a policy forbids it, and why" },
      wait,
      yes,
      confirmed,
    ],
    load: () => import("./rollback.ts"),
  },
  restore: {
    what: "bring the data of a moment back out of the bucket: tried as a copy, then swapped in",
    timeoutSeconds: 6 * 3600,
    options: [
      {
        flags: "--to <moment>",
        what: "a time, to the second (UTC where it names no zone); a restore point's id; or latest",
      },
      {
        flags: "--into <stack>",
        what: "into another stack, as `clone` does: neutralised, and proven to be so",
      },
      { flags: "--incomplete", what: "also where files are missing that no backup has" },
      override,
      wait,
      yes,
      confirmed,
    ],
    load: () => import("./restore.ts"),
  },
  clone: {
    what: "bring another stack's data: neutralised, masked, and proven to reach nobody before it starts",
    timeoutSeconds: 6 * 3600,
    options: [
      { flags: "--from <stack>", what: "whose backups" },
      { flags: "--to <stack>", what: "where they come to; never production (the one of --stack)" },
      { flags: "--at <moment>", what: "a time, a restore point's id, or latest (latest)" },
      override,
      wait,
      yes,
      confirmed,
    ],
    load: () => import("./clone.ts"),
  },
  import: {
    what: "bring in a database that ran elsewhere, by Odoo's own backup: tried as a copy, then swapped in",
    timeoutSeconds: 6 * 3600,
    options: [
      { flags: "--from <file>", what: "a zip of Odoo's database manager or of Odoo.sh, with its filestore" },
      { flags: "--incomplete", what: "also where files of attachments are missing in it" },
      override,
      wait,
      yes,
      confirmed,
    ],
    load: () => import("./import.ts"),
  },
  history: {
    what: "list the stack's updates: release, result, seconds",
    options: [{ flags: "--all", what: "all of them, not only the last 20" }],
    load: () => import("./history.ts"),
  },
  health: {
    what: "whether each part of what runs is well: state, figure, limit, since when",
    options: [{ flags: "--watch", what: "again every 5 s, until Ctrl-C or TIMEOUT" }],
    load: () => import("./health.ts"),
  },
  "backup now": {
    what: "make a restore point: database and files together, read back before it counts",
    timeoutSeconds: 4 * 3600,
    options: [
      { flags: "--full", what: "one that stands by itself, not what has changed since the last" },
      {
        flags: "--new-database",
        what: "although the bucket has backups of another one: the machine's is a new beginning",
      },
    ],
    load: () => import("./backup-now.ts"),
  },
  "backup list": {
    what: "what can be restored: points with age and size, by when verified and proven, and the span of any second",
    load: () => import("./backup-list.ts"),
  },
  "backup verify": {
    what: "read backups out of the bucket and compare them with their checksums",
    timeoutSeconds: 4 * 3600,
    options: [{ flags: "--all", what: "all of them, not the part whose turn it is" }],
    load: () => import("./backup-verify.ts"),
  },
  "backup drill": {
    what: "prove a backup: restore it beside what serves, without a network, log in, take it away again",
    timeoutSeconds: 12 * 3600,
    options: [{ flags: "--point <id>", what: "which restore point; the newest without it" }],
    load: () => import("./backup-drill.ts"),
  },
  "backup undelete": {
    what: "bring the bucket of the backups to what it held at a time, after somebody has deleted in it",
    options: [{ flags: "--to <time>", what: "a moment before that: 2026-11-26T02:30:00Z" }, yes],
    load: () => import("./backup-undelete.ts"),
  },
  "backup watch": {
    what: "tell people when the backups are not well, louder after a day, and when they are well again",
    load: () => import("./backup-watch.ts"),
  },
  drift: {
    what: "what differs from the declaration, at the vendors and inside of the machine; writes nothing",
    timeoutSeconds: 1800,
    options: [
      { flags: "--fix", what: "put it right: an update that brings again what has drifted" },
      { flags: "--accept", what: "with --fix: take what is on the machine now for what is meant" },
      { flags: "--issue", what: "keep one GitHub issue for the stack, closed when nothing differs" },
      { flags: "--markdown", what: "as Markdown, for an issue or a comment" },
      yes,
      confirmed,
    ],
    load: () => import("./drift.ts"),
  },
  logs: {
    what: "what the platform's parts have logged, or its last update; secrets are covered",
    options: [
      { flags: "--type <type>", what: "run (default) or deploy" },
      { flags: "--tail <lines>", what: "so many of the last lines (100)" },
      { flags: "--of <part>", what: "only odoo, cron, nginx, postgres, mail or n8n" },
    ],
    load: () => import("./logs.ts"),
  },
  "evidence publish": {
    what: "put what a deploy or a rollback left behind onto the branch evidence of the repository",
    options: [{ flags: "--folder <path>", what: "which; the newest of the stack without it" }],
    load: () => import("./evidence-publish.ts"),
  },
  "dispatch sign": {
    what: "make the signed payload of a deployment, as an approved task in Odoo does",
    options: dispatched,
    load: () => import("./dispatch-sign.ts"),
  },
  "dispatch send": {
    what: "the same, and ask GitHub to deploy by it",
    options: dispatched,
    load: () => import("./dispatch-send.ts"),
  },
  "mail list": {
    what: "the last 100 mails, caught or handed to Mailgun",
    load: () => import("./mail-list.ts"),
  },
  doctor: {
    what: "look for what would stop an update, and say how to mend it",
    load: () => import("./doctor.ts"),
  },
  cost: { what: "what the stack costs a month, line by line", load: () => import("./cost.ts") },
  "manifest verify": {
    what: "check the addons manifests against the stack's series",
    options: [{ flags: "--verbose", what: "each repository and each mount, on a line" }],
    load: () => import("./manifest-verify.ts"),
  },
  "manifest evidence": {
    what: "write down what the manifests are and whether they are in order, under .platform/evidence",
    load: () => import("./manifest-evidence.ts"),
  },
  "manifest watch": {
    what: "tell people when the manifests have been broken for a day, and louder after two",
    options: [
      { flags: "--workflow <file>", what: "whose last success counts (verify-oca-ipai-manifest.yml)" },
    ],
    load: () => import("./manifest-watch.ts"),
  },
  "spec verify": {
    what: "check the spec kits under spec/",
    load: () => import("./spec-verify.ts"),
  },
  "pull-request comment": {
    what: "tell a pull request what it would do: one comment, edited in place",
    options: [
      { flags: "--from <folder>", what: "answers of preview --json and manifest verify --json, a file each" },
      { flags: "--number <number>", what: "which pull request (the workflow's)" },
      { flags: "--result <result>", what: "what the jobs before came to: success, or something else" },
      { flags: "--only-summary", what: "into the workflow's summary, for tokens that may not write" },
    ],
    load: () => import("./pull-request-comment.ts"),
  },
  "sandbox up": {
    what: "start the world without a cloud account, and bring the stack up in it",
    timeoutSeconds: 1800,
    options: [{ flags: "--only-world", what: "start the emulated APIs and stop there" }, confirmed],
    load: () => import("./sandbox-up.ts"),
  },
  "sandbox status": {
    what: "what of the sandbox runs, and where",
    load: () => import("./sandbox-status.ts"),
  },
  "sandbox password": {
    what: "the password of Odoo's administrator in the sandbox",
    load: () => import("./sandbox-password.ts"),
  },
  "sandbox messages": {
    what: "what has arrived in the sandbox's Slack, Mattermost, PagerDuty and Odoo",
    load: () => import("./sandbox-messages.ts"),
  },
  "sandbox env": {
    what: "endpoints, tokens and plugins as shell exports, for plain pulumi, doctl or gh",
    load: () => import("./sandbox-env.ts"),
  },
  "sandbox break": {
    what: "switch a fault on, to see what happens",
    options: [
      { flags: "--fault <name>", what: "which one; without it they are listed" },
      { flags: "--times <count>", what: "for so many requests, then no more" },
      { flags: "--match <text>", what: "only requests whose METHOD /path has this" },
      { flags: "--vendor <name>", what: "only there: digitalocean, github, spaces, receivers" },
    ],
    load: () => import("./sandbox-break.ts"),
  },
  "sandbox mend": { what: "switch all faults off", load: () => import("./sandbox-mend.ts") },
  "sandbox schedule": {
    what: "what the sandbox's GitHub would run by the clock, and setting it going",
    options: [
      { flags: "--fire <workflow>", what: "set its schedule going now: drift.yml" },
      { flags: "--clock <state>", what: "on or off (off)" },
    ],
    load: () => import("./sandbox-schedule.ts"),
  },
  "sandbox reset": { what: "forget everything in the sandbox", load: () => import("./sandbox-reset.ts") },
  "sandbox down": {
    what: "stop the sandbox; what is in it stays for the next up",
    load: () => import("./sandbox-down.ts"),
  },
};
