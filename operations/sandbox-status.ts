import { control, machinesOf } from "../sandbox/control.ts";
import { readRun } from "../sandbox/run.ts";
import { sandboxDir } from "./engine-env.ts";
import type { Outcome, Run } from "./verb.ts";

/** Says what of the sandbox runs, and where. */
export const run: Run = async (): Promise<Outcome> => {
  const world = readRun(sandboxDir());
  // Also what a crash has left.
  const made = await machinesOf(sandboxDir());
  if (!world) {
    const left =
      made.length > 0
        ? ['On this computer is left, until "platform sandbox down":', ...made.map(indented)]
        : [];
    return {
      json: { running: false, made },
      text: ["The sandbox does not run.", ...left].join("\n"),
      next: "npm start",
    };
  }
  const { faults } = await control(world, "GET", "/");
  const { ports, pid, startedAt, dir, officialPlugins } = world;
  const plugins = officialPlugins ? "official" : "stand-in";
  return {
    json: { running: true, pid, startedAt, dir, ports, plugins, faults, machines: world.machines, made },
    text: [
      `The sandbox runs since ${startedAt} as process ${pid}.`,
      `  DigitalOcean  http://127.0.0.1:${ports.digitalocean}`,
      `  GitHub        http://127.0.0.1:${ports.github}`,
      `  Spaces        http://127.0.0.1:${ports.spaces}`,
      `  Receivers     ${ports.receivers === undefined ? "none; start it anew" : `http://127.0.0.1:${ports.receivers} (Slack, Mattermost, PagerDuty, Odoo)`}`,
      `  Plugins       ${plugins}`,
      `  Folder        ${dir}`,
      `  Faults        ${faults.length > 0 ? faults.map(({ name }) => name).join(", ") : "none"}`,
      `  Machines      ${world.machines ? 'made on this computer, and gone after "platform sandbox down":' : "none: droplets are rows"}`,
      ...made.map(indented),
    ].join("\n"),
  };
};

const indented = (line: string): string => `    ${line}`;
