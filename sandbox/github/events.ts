import { send } from "./deliveries.ts";
import type { Hub } from "./hub.ts";
import type { Owner } from "./rows/accounts.ts";
import type { Repository } from "./rows/repositories.ts";
import { organization, simpleUser } from "./views/account.ts";
import { fullRepository } from "./views/repository.ts";

/**
 * Tells the webhooks that subscribe, and the options' `onEvent`, that something happened.
 * (https://docs.github.com/webhooks/webhook-events-and-payloads)
 */
export function emit(
  hub: Hub,
  repository: Repository,
  sender: Owner,
  name: string,
  fields: Record<string, unknown>,
): void {
  const payload = { ...fields, ...common(hub, repository, sender) };
  const action = typeof fields["action"] === "string" ? fields["action"] : undefined;
  const subscribed = hub.tables.webhooks.list(
    (hook) =>
      hook.repository === repository.id &&
      hook.active &&
      hook.events.some((one) => one === "*" || one === name),
  );
  for (const hook of subscribed) send(hub, hook, name, payload);
  hub.options.onEvent?.({
    name,
    action,
    repository: { owner: repository.owner, name: repository.name },
    payload,
  });
}

/** What every event of a repository carries. */
export function common(hub: Hub, repository: Repository, sender: Owner): Record<string, unknown> {
  const owner = hub.account(repository.owner);
  return {
    repository: fullRepository(hub, repository),
    ...(owner.type === "Organization" && { organization: organization(hub, owner) }),
    sender: simpleUser(hub, sender),
  };
}
