import { relative } from "node:path";
import { checkSettings, missingKeys } from "../settings/check.ts";
import { canBeMade } from "../settings/secrets.ts";
import { names } from "../sandbox/machines/addresses.ts";
import { type Run as World, authoritiesFile } from "../sandbox/run.ts";
import { run as init } from "./init.ts";
import { run as preview } from "./preview.ts";
import { buildRelease, isBuilt } from "./sandbox-release.ts";
import { startWorld } from "./sandbox-world.ts";
import { readSettings, readStackFile, stackNames } from "./project.ts";
import { readStack } from "./stack-reader.ts";
import { run as up } from "./up.ts";
import { enterStack, isSandbox } from "./engine-env.ts";
import { UserError } from "../user-error.ts";
import type { Context, Outcome, Run } from "./verb.ts";

const stacks = { sandbox: "droplet", "sandbox-app": "app" } as const;

/** Starts the world without an account, makes its two stacks' settings, and brings the chosen one up. */
export const run: Run = async (context: Context): Promise<Outcome> => {
  const { stack, progress, options } = context;
  if (!isSandbox(stack)) {
    throw new UserError(
      "badInput",
      `--stack: "${stack}" is no sandbox; there is ${Object.keys(stacks).join(", ")}`,
    );
  }
  const { run: world, started, missing } = await startWorld(progress);
  for (const [name, kind] of Object.entries(stacks)) {
    if (!stackNames().includes(name) || lacksKeys(name)) {
      await init({ ...context, stack: name, options: { kind } });
    }
  }
  if (options["onlyWorld"] === true) {
    return {
      json: { started, ports: world.ports },
      text: "The sandbox runs.",
      next: `platform preview --stack ${stack}`,
    };
  }
  if (missing.length > 0 && stack === "sandbox") return await withoutMachines(context, missing);
  if (world.machines && stack === "sandbox") {
    enterStack(stack);
    requireOwnRegistry(stack);
    if (!(await wasDeployed(context)))
      process.env["PLATFORM_RELEASE"] = JSON.stringify(await buildRelease(stack, world, progress));
  }
  const outcome = await up(context);
  return {
    ...outcome,
    json: { ...outcome.json, started, ports: world.ports },
    text: [
      outcome.text,
      ...(world.machines && stack === "sandbox" ? [wayIn(world)] : []),
      whatNext(stack),
    ].join("\n\n"),
    next: "npx platform health",
  };
};

/** Whether keys that can be made are missing: a newer program needs more of them than the one that made the settings. */
function lacksKeys(stack: string): boolean {
  const raw = readStackFile(stack);
  const missing = missingKeys(raw, checkSettings(raw).settings);
  return missing.some((key) => canBeMade(key, missing));
}

/** Whether a person has deployed what runs: only a release that this verb has built gives way to the checkout's. */
async function wasDeployed({ stack, signal, progress }: Context): Promise<boolean> {
  const release = await readStack(stack, signal).then(
    ({ outputs }) => outputs.release,
    (error: unknown) => {
      if (error instanceof UserError && error.exit === "noSuchStack") return undefined;
      throw error;
    },
  );
  if (!release || isBuilt(release.tag)) return false;
  progress.note(`${stack} keeps ${release.tag}, which was deployed to it`);
  return true;
}

/** Settings that were made in a sandbox without machines name none of what machines need. */
function requireOwnRegistry(stack: string): void {
  if (readSettings(stack).image.registry === names.registry) return;
  const message = `Pulumi.${stack}.yaml: image.registry is not ${names.registry}, so this sandbox's machine could not be brought up`;
  throw new UserError("badInput", message, {
    hint: "The file was made when droplets were rows here. A reset makes it, and the sandbox, anew.",
    next: "platform sandbox reset",
  });
}

/** A droplet that nothing runs on is worth a look, and no more: the app is brought up instead. */
async function withoutMachines(context: Context, missing: string[]): Promise<Outcome> {
  const droplet = await preview(context);
  const app = await up({ ...context, stack: "sandbox-app" });
  return {
    json: { preview: droplet.json, "sandbox-app": app.json, missing },
    text: [
      droplet.text,
      app.text,
      [
        "A droplet cannot run here, so sandbox was previewed and sandbox-app brought up:",
        ...missing.map((one) => `  ${one}`),
      ].join("\n"),
      whatNext("sandbox-app"),
    ].join("\n\n"),
    next: "npx platform preview --stack sandbox-app",
  };
}

function wayIn(world: World): string {
  return [
    "Odoo is there:",
    "  https://odoo.sandbox.test           login admin; npx platform sandbox password tells the password",
    `  curl --cacert ${shown(authoritiesFile(world.dir))} https://odoo.sandbox.test/web/login`,
    "                                      a browser must be given that file to trust (authorities)",
    "  npx platform mail list              mail that Odoo sent: caught, none leaves",
    "  npx platform health                 each part, its figure and its limit",
  ].join("\n");
}

const shown = (file: string): string => {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
};

const whatNext = (stack: string): string =>
  [
    "Try:",
    ...Object.entries({
      "npx platform history": "what was done",
      [`npx platform cost --stack ${stack}`]: "what it costs, line by line",
      "npx platform doctor": "what would stop an update",
      "npx platform sandbox break": "ways to break it, and to see what happens",
      'eval "$(npx platform sandbox env)"': "then plain pulumi, doctl and gh work in it",
      "npx platform sandbox down": "stop it; what is in it stays",
    }).map(([command, what]) => `  ${command.padEnd(38)}${what}`),
  ].join("\n");
