import type { Context } from "hono";
import type { Cloud } from "./cloud.ts";
import { found, invalid } from "./errors.ts";
import { numberParam, operation, page } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { showRegion } from "./platform.ts";
import type { Action, Change } from "./rows.ts";

/** Everything that takes time and changes a droplet, a volume or an address is an action. */
export const actions = (cloud: Cloud): Operation[] => [
  operation("actions_list", "GET /v2/actions", "actions:read", (c) => listActions(c, cloud, () => true)),
  operation("actions_get", "GET /v2/actions/:action_id", "actions:read", (c) => {
    return c.json({ action: showAction(found(cloud.actions.get(numberParam(c, "action_id")))) });
  }),
];

/** The newest first, as the vendor lists them. */
export const listActions = (c: Context, cloud: Cloud, accept: (action: Action) => boolean): Response =>
  page(c, "actions", cloud.actions.list(accept).toReversed().map(showAction));

/** One action of one thing: 404 when it is another thing's. */
export function getAction(c: Context, cloud: Cloud, accept: (action: Action) => boolean): Response {
  const action = cloud.actions.get(numberParam(c, "action_id"));
  return c.json({ action: showAction(found(action && accept(action) ? action : undefined)) });
}

export interface Start {
  type: string;
  resource_type: Action["resource_type"];
  resource_id?: number;
  subject: string;
  droplet: number | null;
  region: string;
  change: Change;
  /** Milliseconds until it is complete. */
  takes?: number;
  stuck?: boolean;
}

/** Starts an action; its change happens when it is due. 422 while the droplet, volume or address is busy with another. */
export function start(
  cloud: Cloud,
  { takes = cloud.settle.actionMs, stuck = false, ...rest }: Start,
): Action {
  const same = (one: Action): boolean =>
    one.subject === rest.subject || (rest.droplet ?? NaN) === one.droplet;
  if (cloud.actions.find((one) => one.status === "in-progress" && same(one)))
    // The Terraform plugin matches on this sentence and tries again.
    throw invalid("Droplet already has a pending event.");
  const id = cloud.nextId();
  const action = cloud.actions.put(id, {
    id,
    status: "in-progress",
    started_at: cloud.timestamp(),
    completed_at: null,
    due_at: cloud.in(takes),
    stuck,
    resource_id: null,
    ...rest,
  });
  cloud.hardware?.carryOut(action);
  return action;
}

export const isBusy = (cloud: Cloud, droplet: number): boolean =>
  cloud.actions.find((one) => one.droplet === droplet && one.status === "in-progress") !== undefined;

/**
 * Completes what is due, oldest first. Called before each request, so that time passes without timers and a restarted
 * sandbox goes on where it was.
 *
 * @returns whether anything has changed
 */
export function settle(cloud: Cloud): boolean {
  const held = cloud.world.faults.active.some((fault) => fault.name === "stuck-droplet");
  const due = cloud.actions.list(
    (one) => one.status === "in-progress" && cloud.isPast(one.due_at) && !(one.stuck && held),
  );
  let changed = notice(cloud);
  for (const action of due) {
    const how = cloud.hardware?.carryOut(action) ?? "done";
    if (how === "working") continue;
    const done = how === "done" && apply(cloud, action.change);
    changed = true;
    const status = done ? "completed" : "errored";
    cloud.actions.put(action.id, { ...action, status, completed_at: cloud.timestamp() });
  }
  return changed;
}

/** A machine that was shut down from inside is off. */
function notice({ hardware, droplets, actions }: Cloud): boolean {
  if (!hardware) return false;
  const ended = droplets.list(
    ({ id, status }) =>
      status === "active" &&
      !actions.find((one) => one.droplet === id && one.status === "in-progress") &&
      !hardware.isRunning(id),
  );
  for (const droplet of ended) droplets.put(droplet.id, { ...droplet, status: "off" });
  return ended.length > 0;
}

/** Makes the change; false when what it is about is gone by now. */
function apply(cloud: Cloud, change: Change): boolean {
  switch (change.kind) {
    case "power":
      return edit(cloud.droplets, change.droplet, { status: change.on ? "active" : "off" });
    case "rename":
      return edit(cloud.droplets, change.droplet, { name: change.name });
    case "resize":
      return edit(cloud.droplets, change.droplet, {
        size: change.size,
        ...(change.disk !== null && { disk: change.disk }),
      });
    case "feature":
      return toggle(cloud, change);
    case "attach":
      return (
        has(cloud.droplets, change.droplet) && edit(cloud.volumes, change.volume, { droplet: change.droplet })
      );
    case "detach":
      return edit(cloud.volumes, change.volume, { droplet: null });
    case "grow":
      return edit(cloud.volumes, change.volume, { size_gigabytes: change.size_gigabytes });
    case "assign":
      return (
        has(cloud.droplets, change.droplet) && edit(cloud.reservedIps, change.ip, { droplet: change.droplet })
      );
    case "unassign":
      return edit(cloud.reservedIps, change.ip, { droplet: null });
    case "none":
      break;
  }
  return true;
}

interface Rows<T> {
  get(id: string | number): T | undefined;
  put(id: string | number, row: T): T;
}

const has = (rows: Rows<unknown>, id: number): boolean => rows.get(id) !== undefined;

function edit<T extends object>(rows: Rows<T>, id: string | number, fields: Partial<T>): boolean {
  const row = rows.get(id);
  if (row) rows.put(id, { ...row, ...fields });
  return row !== undefined;
}

function toggle(cloud: Cloud, { droplet, feature, on }: Change & { kind: "feature" }): boolean {
  const row = cloud.droplets.get(droplet);
  if (!row) return false;
  const others = row.features.filter((one) => one !== feature);
  return edit(cloud.droplets, droplet, { features: on ? [...others, feature] : others });
}

/** An action as the vendor shows it. */
export const showAction = (action: Action) => ({
  id: action.id,
  status: action.status,
  type: action.type,
  started_at: action.started_at,
  completed_at: action.completed_at,
  resource_id: action.resource_id,
  resource_type: action.resource_type,
  region: showRegion(action.region),
  region_slug: action.region,
});
