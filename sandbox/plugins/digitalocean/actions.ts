import type { DigitalOcean } from "./client.ts";

export interface Action {
  readonly id: number;
  readonly status: string;
  readonly completed_at: string | null;
}

/** Waits for the end of something that DigitalOcean does in the background. */
export async function completed(api: DigitalOcean, { id }: Action, path = `/actions/${id}`): Promise<void> {
  await api.until(`action ${id} is complete`, async () => {
    const { action } = await api.get<{ action: Action }>(path);
    if (action.status === "errored") throw new Error(`action ${id} has failed`);
    return action.completed_at || action.status === "completed" ? action : undefined;
  });
}
