import { z } from "zod";
import type { Call } from "../call.ts";
import { same, type Hub } from "../hub.ts";
import { created, noContent, ok, type Operations } from "../operation.ts";
import { invalid, Refusal } from "../refusals.ts";
import { given, optional } from "../request-body.ts";
import type { Label } from "../rows/issues.ts";
import type { Repository } from "../rows/repositories.ts";
import { labelView } from "../views/issue.ts";

const text = optional(z.string());

/** A repository's labels; names are unique without regard to case. */
export const labels: Operations = {
  "issues/list-labels-for-repo": {
    route: "GET /repos/{owner}/{repo}/labels",
    needs: "issues=read",
    answer(call) {
      const { hub, repository } = call;
      const rows = hub.tables.labels.list((one) => one.repository === repository.id);
      return call.page(rows, (row) => labelView(hub, repository, row));
    },
  },

  "issues/create-label": {
    route: "POST /repos/{owner}/{repo}/labels",
    needs: "issues=write",
    async answer(call) {
      const { hub, repository } = call;
      const body = await call.body(z.object({ name: text, color: text, description: text }));
      if (!body.name) throw invalid("Label", "name", "missing_field");
      if (findLabel(hub, repository, body.name)) throw invalid("Label", "name", "already_exists");
      return created(labelView(hub, repository, addLabel(hub, repository, { ...body, name: body.name })));
    },
  },

  "issues/get-label": {
    route: "GET /repos/{owner}/{repo}/labels/{name}",
    needs: "issues=read",
    answer: (call) => ok(labelView(call.hub, call.repository, labelOf(call))),
  },

  "issues/update-label": {
    route: "PATCH /repos/{owner}/{repo}/labels/{name}",
    needs: "issues=write",
    async answer(call) {
      const { hub, repository } = call;
      const row = labelOf(call);
      const schema = z.object({ new_name: text, name: text, color: text, description: text });
      const { new_name, name, color, description } = await call.body(schema);
      // go-github, and so the official plugin, says the new name as `name`.
      const renamed = new_name ?? name ?? row.name;
      const twin = findLabel(hub, repository, renamed);
      if (twin && twin.id !== row.id) throw invalid("Label", "name", "already_exists");
      demandColor(color);
      const changed = { ...row, ...given({ color, description }), name: renamed };
      return ok(labelView(hub, repository, hub.tables.labels.put(row.id, changed)));
    },
  },

  "issues/delete-label": {
    route: "DELETE /repos/{owner}/{repo}/labels/{name}",
    needs: "issues=write",
    answer(call) {
      const row = labelOf(call);
      const { issues, labels: table } = call.hub.tables;
      for (const issue of issues.list((one) => one.labels.includes(row.id)))
        issues.put(issue.id, { ...issue, labels: issue.labels.filter((id) => id !== row.id) });
      table.delete(row.id);
      return noContent;
    },
  },
};

export function findLabel(hub: Hub, repository: Repository, name: string): Label | undefined {
  return hub.tables.labels.find((one) => one.repository === repository.id && same(one.name, name));
}

/** A new label; without a color it gets the grey one. @throws Refusal 422 for a color that is none */
export function addLabel(
  hub: Hub,
  repository: Repository,
  {
    name,
    color,
    description,
  }: { name: string; color?: string | undefined; description?: string | undefined },
): Label {
  demandColor(color);
  const id = hub.nextId();
  return hub.tables.labels.put(id, {
    id,
    repository: repository.id,
    name,
    color: color ?? "ededed",
    description: description ?? null,
    default: false,
  });
}

function demandColor(color: string | undefined): void {
  if (color !== undefined && !/^[0-9a-f]{6}$/i.test(color)) throw invalid("Label", "color", "invalid");
}

function labelOf(call: Call): Label {
  const row = findLabel(call.hub, call.repository, call.param("name"));
  if (!row) throw new Refusal("not-found");
  return row;
}
