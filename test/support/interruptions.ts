import assert from "node:assert/strict";
import type { Stage } from "./stage.ts";
import type { Ended } from "./world.ts";

/** Steps of a release, as a condition that bash on the machine can ask many times a second. */
type Steps = Record<string, string>;

const runs = (container: string): string => `docker ps --format '{{.Names}}' | grep -qx '${container}'`;
const other = '$(if [ "$slot" = blue ]; then echo green; else echo blue; fi)';
const paused = "[ -e /etc/odoo-platform/nginx/maintenance ]";
const switched = '[ "$(cat /var/lib/odoo-platform/odoo-slot)" != "$slot" ]';

/** Of one that updates no module. */
export const codeSteps: Steps = {
  "the new one starts": `docker ps --format '{{.Names}}' | grep -qx "odoo-web-${other}"`,
  "people were sent to the new one": switched,
  "scheduled actions are handed over": `! docker ps --format '{{.Names}}' | grep -q odoo-cron`,
};

/** Of one that updates modules. */
export const moduleSteps: Steps = {
  "the update is rehearsed": runs("odoo-rehearsal"),
  "the pause has begun": paused,
  "the data is copied": "ls -d /mnt/odoo-data/copies/*.new",
  "the modules are updated": runs("odoo-update"),
  "the new one starts in the pause": `${paused} && docker ps --format '{{.Names}}' | grep -qx "odoo-web-${other}"`,
  "people are about to be let in": `${paused} && ${switched}`,
};

/** What happens at such a step. `kill` is of the verb, and of all that it has started. */
export type Interruption = "cut" | "kill" | "reboot";

export const interruptions: Record<Interruption, string> = {
  cut: "every SSH connection is cut",
  kill: "the verb is killed with SIGKILL",
  reboot: "the machine reboots",
};

/** Detached, because the connection that asks for it goes too. */
const doing: Record<Interruption, string> = {
  cut: "systemd-run --quiet --collect pkill -KILL -x sshd-session",
  kill: "true",
  reboot: "systemctl reboot --force",
};

/**
 * Deploys a release, and interrupts that at a step.
 * @returns how the verb ended
 * @throws Error when it came to its end before the step was seen
 */
export async function interrupted(
  stage: Stage,
  tag: string,
  step: string,
  how: Interruption,
): Promise<Ended> {
  await stage.build(tag);
  const look = `slot=$(cat /var/lib/odoo-platform/odoo-slot)
echo ready >&2
for _ in $(seq 6000); do
  if { ${step}; } >/dev/null 2>&1; then ${doing[how]}; exit 0; fi
  sleep 0.03
done
exit 9`;
  return await stage.on(async (machine) => {
    const ready = Promise.withResolvers<undefined>();
    const seen = machine
      .run("bash -s", look, () => ready.resolve(undefined))
      .then(
        () => "seen" as const,
        // Its own connection is one of those that are cut.
        (error: Error) => (how === "kill" || error.message.includes("code 9") ? error : ("seen" as const)),
      );
    await ready.promise;
    const verb = stage.world.spawn([...stage.deployArgs(tag), "--json"]);
    const first = await Promise.race([seen, verb.ended]);
    if (first !== "seen") throw new Error(`${tag} ended before its step came: ${JSON.stringify(first)}`);
    const { pid: group } = verb.child;
    if (how === "kill" && group !== undefined) process.kill(-group, "SIGKILL");
    return await verb.ended;
  });
}

/** Bounds of the time in which nobody was answered, in seconds. */
export const bounds: Record<Interruption, number> = { cut: 60, kill: 60, reboot: 120 };

/** People are served, by the release before or by the new one, within the bound. */
export async function servesAgain(stage: Stage, tags: readonly string[], how: Interruption): Promise<void> {
  const { version } = await stage.until(() => stage.told(), bounds[how]);
  assert.ok(tags.includes(version), `${version} serves`);
}
