import type { World } from "../world.ts";

export type Channel = "slack" | "mattermost" | "pagerduty" | "odoo";

/** Something that has arrived. */
export interface Message {
  id: number;
  /** ISO 8601. */
  time: string;
  channel: Channel;
  /** "#incidents", "trigger", "/odoo_platform/deployment": where in the channel. */
  to: string;
  /** Whether it rings. */
  urgent: boolean;
  text: string;
  /** As it came. */
  payload: Record<string, unknown>;
  /** Of what is signed. */
  signature?: { timestamp: string; value: string; body: string };
}

const kept = 1000;

/** Keeps what has arrived, the last thousand. */
export function keep(world: World, message: Omit<Message, "id" | "time">): void {
  const table = messages(world);
  const id = world.store.nextId();
  table.put(id, { ...message, id, time: world.now().toISOString() });
  for (const { id: old } of table.list().slice(0, -kept)) table.delete(old);
}

export const messages = (world: World) => world.store.table<Message>("messages");
