import { execa } from "execa";
import { missingKeys } from "../../settings/check.ts";
import { howToSet, publicKeys, secretKeys } from "../../settings/secrets.ts";
import { versions } from "../../tools/paths.ts";
import { requirePassphrase } from "../passphrase.ts";
import { UserError } from "../../user-error.ts";
import { useOfficialPlugins } from "../sandbox-world.ts";
import { type Check, bad, good, skipped } from "./check.ts";

/** Node, Pulumi, and the provider plugins. */
export const toolchain: Check = async () => {
  const wanted = versions();
  const pulumi = await version("pulumi", ["version"]);
  const ssh = await version("ssh", ["-V"]);
  return [
    process.versions.node.startsWith("24.")
      ? good("Node", process.versions.node)
      : bad("Node", `is ${process.versions.node}`, "start the verbs with npx platform, which brings Node 24"),
    pulumi
      ? good("Pulumi", pulumi)
      : bad("Pulumi", "is not there", `node tools/setup.mjs brings ${wanted.pulumi}`),
    good(
      "Provider plugins",
      useOfficialPlugins()
        ? "official"
        : "not installed: the sandbox uses its stand-ins, and a real stack's first update downloads them",
    ),
    ssh ? good("SSH", "is there") : bad("SSH", "there is no ssh client", "install OpenSSH's client"),
  ];
};

/** The stack's own secrets. */
export const secrets: Check = async ({ file, settings, stack }) => {
  const missing = missingKeys(file, settings);
  if (missing.length === 0) return [good("Secrets", "are all set")];
  return missing.map((key) => {
    const { what } = { ...secretKeys, ...publicKeys }[key];
    return bad("Secrets", `${key} is not set (${what})`, howToSet(key, missing, stack));
  });
};

/** Where the state is kept, and whether its secrets can be read. */
export const stateBackend: Check = async ({ stack, env }) => {
  const what = "State backend";
  try {
    requirePassphrase(stack, env);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [bad(what, error.message, error.hint ?? "")];
  }
  const { stdout, failed, stderr } = await execa("pulumi", ["whoami", "--json", "--non-interactive"], {
    reject: false,
    env,
  });
  if (failed)
    return [
      bad(what, `cannot be reached: ${stderr.split("\n")[0]}`, "pulumi login, or set PULUMI_BACKEND_URL"),
    ];
  const { url = "" } = JSON.parse(stdout) as { url?: string };
  return [good(what, url)];
};

/** A queue that a team keeps beside Odoo: tasks that began and never ended. Only where POSTGRES_URL names its database. */
export const taskQueue: Check = async ({ env }) => {
  const what = "task_queue";
  const { POSTGRES_URL: database } = env;
  if (!database) return [skipped(what, "not looked at: POSTGRES_URL is not set")];
  const sql =
    "SELECT count(*) FROM task_queue WHERE status = 'processing' AND created_at < now() - interval '5 minutes'";
  // By the environment: an argument can be read by every user of the machine.
  const connection = connectionOf(database);
  if (!connection)
    return [
      bad(what, "POSTGRES_URL is not an address of a database", "write it like postgresql://user@host/name"),
    ];
  const { stdout, stderr, failed } = await execa("psql", ["--no-psqlrc", "-At", "-c", sql], {
    reject: false,
    timeout: 15_000,
    env: connection,
  });
  if (failed && /relation "task_queue" does not exist/.test(stderr)) return [skipped(what, "there is none")];
  if (failed) return [skipped(what, `cannot be asked: ${stderr.split("\n")[0] || "there is no psql"}`)];
  if (Number(stdout) === 0) return [good(what, "nothing is stuck")];
  return [
    bad(
      what,
      `${stdout} tasks are being processed for more than 5 minutes`,
      "look at their worker's log, then queue them again",
    ),
  ];
};

function connectionOf(database: string): Record<string, string> | undefined {
  if (!URL.canParse(database)) return undefined;
  const { hostname, port, username, password, pathname } = new URL(database);
  return {
    PGHOST: hostname,
    PGPORT: port || "5432",
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
    PGCONNECT_TIMEOUT: "10",
  };
}

async function version(command: string, args: string[]): Promise<string | undefined> {
  const { stdout, stderr, failed } = await execa(command, args, { reject: false });
  return failed ? undefined : (stdout || stderr).split("\n")[0];
}
