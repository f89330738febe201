import { z } from "zod";
import { environmentFor, mayReview } from "../actions/gate.ts";
import type { Call } from "../call.ts";
import { ok, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import type { Environment } from "../rows/protection.ts";
import type { WorkflowRun } from "../rows/runs.ts";
import { simpleUser } from "../views/account.ts";
import { environmentView, reviewersView } from "./environments.ts";
import { runOf } from "./runs.ts";

const path = "/repos/{owner}/{repo}/actions/runs/{run_id}" as const;
const review = z.object({
  environment_ids: z.array(z.number().int()),
  state: z.enum(["approved", "rejected"]),
  comment: z.string(),
});

/** What a run waits for: the people who must agree to its deployments. */
export const reviews: Operations = {
  "actions/get-pending-deployments-for-run": {
    route: `GET ${path}/pending_deployments`,
    needs: "actions=read",
    answer(call) {
      const run = runOf(call);
      return ok(
        waiting(call, run).map((environment) => ({
          environment: short(call, environment),
          wait_timer: environment.wait_timer,
          wait_timer_started_at: null,
          current_user_can_approve: mayReview(call.hub, environment, call.user.login, run),
          reviewers: reviewersView(call.hub, environment),
        })),
      );
    },
  },

  "actions/review-pending-deployments-for-run": {
    route: `POST ${path}/pending_deployments`,
    needs: "deployments=write",
    async answer(call) {
      const { hub, repository, user } = call;
      const run = runOf(call);
      const { environment_ids, state, comment } = await call.body(review);
      const chosen = waiting(call, run).filter(({ id }) => environment_ids.includes(id));
      if (chosen.length === 0 || chosen.length < environment_ids.length)
        throw new Refusal("validation-failed", {
          message: "No pending deployment requests to approve or reject",
        });
      if (chosen.some((environment) => !mayReview(hub, environment, user.login, run)))
        throw new Refusal("validation-failed", {
          message: "User is not a required reviewer of the environment",
        });
      const id = hub.nextId();
      const row = {
        id,
        repository: repository.id,
        run: run.id,
        environments: environment_ids,
        state,
        comment,
        user: user.login,
      };
      hub.tables.approvals.put(id, row);
      hub.options.runner?.review(run, environment_ids, state === "approved");
      return ok([]);
    },
  },

  "actions/get-reviews-for-run": {
    route: `GET ${path}/approvals`,
    needs: "actions=read",
    answer(call) {
      const { hub } = call;
      const run = runOf(call);
      const rows = hub.tables.approvals.list((one) => one.run === run.id);
      return ok(
        rows.map(({ environments, state, user, comment }) => ({
          state,
          comment,
          user: simpleUser(hub, hub.account(user)),
          environments: environments.flatMap((id) => {
            const environment = hub.tables.environments.get(id);
            return environment ? [short(call, environment)] : [];
          }),
        })),
      );
    },
  },
};

function waiting(call: Call, run: WorkflowRun): Environment[] {
  const { hub, repository } = call;
  const jobs = hub.tables.jobs.list((job) => job.run === run.id && job.status === "waiting");
  return [...new Set(jobs.flatMap(({ environment }) => environment ?? []))].map((name) =>
    environmentFor(hub, repository, name),
  );
}

function short(call: Call, environment: Environment) {
  const { id, node_id, name, url, html_url, created_at, updated_at } = environmentView(
    call.hub,
    call.repository,
    environment,
  );
  return { id, node_id, name, url, html_url, created_at, updated_at };
}
