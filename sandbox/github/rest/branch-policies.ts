import { z } from "zod";
import type { Call } from "../call.ts";
import { nodeId } from "../node-id.ts";
import { noContent, ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import type { DeploymentBranchPolicy, Environment } from "../rows/protection.ts";
import { environmentOf } from "./environments.ts";

const path = "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies" as const;

/** Which branches and tags an environment may be deployed from. */
export const branchPolicies: Operations = {
  "repos/list-deployment-branch-policies": {
    route: `GET ${path}`,
    needs: "actions=read",
    answer(call) {
      const rows = policiesOf(call, environmentOf(call));
      return call.page(rows, view, (page) => ({ total_count: rows.length, branch_policies: page }));
    },
  },

  "repos/create-deployment-branch-policy": {
    route: `POST ${path}`,
    needs: "administration=write",
    async answer(call) {
      const environment = environmentOf(call);
      if (!environment.deployment_branch_policy?.custom_branch_policies) throw new Refusal("not-found");
      const schema = z.object({ name: z.string(), type: optional(z.enum(["branch", "tag"])) });
      const { name, type = "branch" } = await call.body(schema);
      const twin = policiesOf(call, environment).find((one) => one.name === name && one.type === type);
      // 303: it is there already (https://docs.github.com/rest/deployments/branch-policies).
      if (twin) return { status: 303 };
      const id = call.hub.nextId();
      const row = { id, environment: environment.id, name, type };
      return ok(view(call.hub.tables.branchPolicies.put(id, row)));
    },
  },

  "repos/get-deployment-branch-policy": {
    route: `GET ${path}/{branch_policy_id}`,
    needs: "actions=read",
    answer: (call) => ok(view(policyOf(call))),
  },

  "repos/update-deployment-branch-policy": {
    route: `PUT ${path}/{branch_policy_id}`,
    needs: "administration=write",
    async answer(call) {
      const { name } = await call.body(z.object({ name: z.string() }));
      const row = policyOf(call);
      return ok(view(call.hub.tables.branchPolicies.put(row.id, { ...row, name })));
    },
  },

  "repos/delete-deployment-branch-policy": {
    route: `DELETE ${path}/{branch_policy_id}`,
    needs: "administration=write",
    answer(call) {
      call.hub.tables.branchPolicies.delete(policyOf(call).id);
      return noContent;
    },
  },
};

const policiesOf = (call: Call, environment: Environment): DeploymentBranchPolicy[] =>
  call.hub.tables.branchPolicies.list((one) => one.environment === environment.id);

function policyOf(call: Call): DeploymentBranchPolicy {
  const row = policiesOf(call, environmentOf(call)).find((one) => one.id === call.number("branch_policy_id"));
  if (!row) throw new Refusal("not-found");
  return row;
}

const view = ({ id, name, type }: DeploymentBranchPolicy) => ({
  id,
  node_id: nodeId("DeploymentBranchPolicy", id),
  name,
  type,
});
