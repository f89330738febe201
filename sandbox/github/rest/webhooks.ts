import { z } from "zod";
import type { Call } from "../call.ts";
import { redeliver, send } from "../deliveries.ts";
import { common } from "../events.ts";
import type { Hub } from "../hub.ts";
import { accepted, created, noContent, ok, type Operations } from "../operation.ts";
import { invalid, Refusal } from "../refusals.ts";
import { given, optional } from "../request-body.ts";
import type { Repository } from "../rows/repositories.ts";
import type { Delivery, Webhook } from "../rows/webhooks.ts";
import { repositoryUrl } from "../views/repository.ts";

const config = z.object({
  url: optional(z.string()),
  content_type: optional(z.enum(["json", "form"])),
  secret: optional(z.string()),
  insecure_ssl: optional(z.union([z.string(), z.number()])).transform((value) => value?.toString()),
});
const webhook = z.object({
  name: optional(z.string()),
  config: optional(config),
  events: optional(z.array(z.string())),
  active: optional(z.boolean()),
});
const path = "/repos/{owner}/{repo}/hooks" as const;

/** A repository's webhooks. */
export const webhooks: Operations = {
  "repos/list-webhooks": {
    route: `GET ${path}`,
    needs: "webhooks=read",
    answer(call) {
      const { hub, repository } = call;
      const rows = hub.tables.webhooks.list((one) => one.repository === repository.id);
      return call.page(rows, (row) => view(hub, repository, row));
    },
  },

  "repos/create-webhook": {
    route: `POST ${path}`,
    needs: "webhooks=write",
    async answer(call) {
      const { hub, repository } = call;
      const body = await call.body(webhook);
      if ((body.name ?? "web") !== "web") throw invalid("Hook", "name", "invalid");
      const id = hub.nextId();
      const now = hub.now();
      const row: Webhook = {
        id,
        repository: repository.id,
        active: body.active ?? true,
        events: body.events ?? ["push"],
        config: mergedConfig({ url: "", content_type: "form", insecure_ssl: "0" }, body.config),
        last_response: { code: null, status: "unused", message: null },
        created_at: now,
        updated_at: now,
      };
      demandUsable(call, row);
      hub.tables.webhooks.put(id, row);
      ping(call, row);
      return created(view(hub, repository, row));
    },
  },

  "repos/get-webhook": {
    route: `GET ${path}/{hook_id}`,
    needs: "webhooks=read",
    answer: (call) => ok(view(call.hub, call.repository, webhookOf(call))),
  },

  "repos/update-webhook": {
    route: `PATCH ${path}/{hook_id}`,
    needs: "webhooks=write",
    async answer(call) {
      const row = webhookOf(call);
      const body = await call.body(
        webhook.extend({ add_events: webhook.shape.events, remove_events: webhook.shape.events }),
      );
      const events = new Set([...(body.events ?? row.events), ...(body.add_events ?? [])]);
      for (const event of body.remove_events ?? []) events.delete(event);
      const changed = {
        ...row,
        active: body.active ?? row.active,
        events: [...events],
        config: body.config ? mergedConfig(withoutSecret(row.config), body.config) : row.config,
        updated_at: call.hub.now(),
      };
      demandUsable(call, changed);
      return ok(view(call.hub, call.repository, call.hub.tables.webhooks.put(row.id, changed)));
    },
  },

  "repos/delete-webhook": {
    route: `DELETE ${path}/{hook_id}`,
    needs: "webhooks=write",
    answer(call) {
      call.hub.tables.webhooks.delete(webhookOf(call).id);
      return noContent;
    },
  },

  "repos/get-webhook-config-for-repo": {
    route: `GET ${path}/{hook_id}/config`,
    needs: "webhooks=read",
    answer: (call) => ok(configView(webhookOf(call))),
  },

  "repos/update-webhook-config-for-repo": {
    route: `PATCH ${path}/{hook_id}/config`,
    needs: "webhooks=write",
    async answer(call) {
      const row = webhookOf(call);
      const changed = { ...row, config: mergedConfig(row.config, await call.body(config)) };
      demandUsable(call, changed);
      return ok(configView(call.hub.tables.webhooks.put(row.id, { ...changed, updated_at: call.hub.now() })));
    },
  },

  "repos/ping-webhook": {
    route: `POST ${path}/{hook_id}/pings`,
    needs: "webhooks=read",
    answer(call) {
      ping(call, webhookOf(call));
      return noContent;
    },
  },

  "repos/list-webhook-deliveries": {
    route: `GET ${path}/{hook_id}/deliveries`,
    needs: "webhooks=read",
    answer: (call) => call.page(deliveriesOf(call).toReversed(), deliveryItem),
  },

  "repos/get-webhook-delivery": {
    route: `GET ${path}/{hook_id}/deliveries/{delivery_id}`,
    needs: "webhooks=read",
    answer(call) {
      const row = deliveryOf(call);
      return ok({ ...deliveryItem(row), url: row.url, request: row.request, response: row.response });
    },
  },

  "repos/redeliver-webhook-delivery": {
    route: `POST ${path}/{hook_id}/deliveries/{delivery_id}/attempts`,
    needs: "webhooks=write",
    answer(call) {
      redeliver(call.hub, webhookOf(call), deliveryOf(call));
      return accepted({});
    },
  },
};

function webhookOf(call: Call): Webhook {
  const row = call.hub.tables.webhooks.get(call.param("hook_id"));
  if (row?.repository !== call.repository.id) throw new Refusal("not-found");
  return row;
}

function deliveriesOf(call: Call): Delivery[] {
  const hook = webhookOf(call);
  return call.hub.tables.deliveries.list((one) => one.hook === hook.id);
}

function deliveryOf(call: Call): Delivery {
  const row = deliveriesOf(call).find((one) => one.id === call.number("delivery_id"));
  if (!row) throw new Refusal("not-found");
  return row;
}

function mergedConfig(
  before: Webhook["config"],
  body: z.infer<typeof config> | undefined,
): Webhook["config"] {
  const { url, content_type, secret, insecure_ssl } = body ?? {};
  return { ...before, ...given({ url, content_type, secret, insecure_ssl }) };
}

// "If you previously had a secret set, you must provide the same secret or set a new secret or the secret will be
// removed." (https://docs.github.com/rest/repos/webhooks#update-a-repository-webhook)
function withoutSecret({ secret: _secret, ...rest }: Webhook["config"]): Webhook["config"] {
  return rest;
}

function demandUsable(call: Call, row: Webhook): void {
  if (!URL.canParse(row.config.url) || !/^https?:/.test(row.config.url))
    throw invalid("Hook", "url", row.config.url === "" ? "missing_field" : "invalid");
  const same = (one: Webhook): boolean =>
    one.repository === row.repository &&
    one.id !== row.id &&
    one.config.url === row.config.url &&
    one.events.toSorted().join() === row.events.toSorted().join();
  if (call.hub.tables.webhooks.find(same))
    throw new Refusal("validation-failed", {
      errors: [
        { resource: "Hook", code: "custom", field: "", message: "Hook already exists on this repository" },
      ],
    });
}

function ping(call: Call, row: Webhook): void {
  send(call.hub, row, "ping", {
    zen: "Keep it logically awesome.",
    hook_id: row.id,
    hook: view(call.hub, call.repository, row),
    ...common(call.hub, call.repository, call.user),
  });
}

const configView = ({ config: { secret, ...shown } }: Webhook) => ({
  ...shown,
  // Left out, it would be a difference on every refresh of the official plugin.
  ...(secret !== undefined && { secret: "********" }),
});

function view(hub: Hub, repository: Repository, row: Webhook) {
  const url = `${repositoryUrl(hub, repository)}/hooks/${row.id}`;
  return {
    type: "Repository",
    id: row.id,
    name: "web",
    active: row.active,
    events: row.events,
    config: configView(row),
    updated_at: row.updated_at,
    created_at: row.created_at,
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: row.last_response,
  };
}

const deliveryItem = (row: Delivery) => ({
  id: row.id,
  guid: row.guid,
  delivered_at: row.delivered_at,
  redelivery: row.redelivery,
  duration: row.duration,
  status: row.status,
  status_code: row.status_code,
  event: row.event,
  action: row.action,
  installation_id: null,
  repository_id: row.repository,
  throttled_at: null,
});
