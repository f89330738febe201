import { z } from "zod";
import type { Call } from "../call.ts";
import { emit } from "../events.ts";
import { noContent, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import { optional } from "../request-body.ts";
import type { Dispatch } from "../rows/actions.ts";
import { eventsOf, readWorkflow } from "../actions/workflow-file.ts";
import { declaredInputs } from "../actions/new-run.ts";
import { workflowOf } from "./workflows.ts";

/** GitHub's limits (https://docs.github.com/rest/repos/repos#create-a-repository-dispatch-event). */
const limits = { eventType: 100, topLevelKeys: 10, payloadBytes: 64 * 1024 };

const repositoryDispatch = z.object({
  event_type: z.string(),
  client_payload: optional(z.record(z.string(), z.unknown())),
});
const workflowDispatch = z.object({
  ref: z.string(),
  inputs: optional(z.record(z.string(), z.unknown())),
});

/** How something outside sets a workflow going. Each is kept, and told to the webhooks and to `onEvent`. */
export const dispatches: Operations = {
  "repos/create-dispatch-event": {
    route: "POST /repos/{owner}/{repo}/dispatches",
    needs: "contents=write",
    async answer(call) {
      const { hub, repository } = call;
      const { event_type, client_payload = {} } = await call.body(repositoryDispatch);
      demandWithinLimits(event_type, client_payload);
      const payload = { action: event_type, branch: repository.default_branch, client_payload };
      record(call, "repository_dispatch", payload);
      emit(hub, repository, call.user, "repository_dispatch", payload);
      return noContent;
    },
  },

  "actions/create-workflow-dispatch": {
    route: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    needs: "actions=write",
    async answer(call) {
      const { hub, repository } = call;
      const workflow = workflowOf(call);
      const { ref, inputs = {} } = await call.body(workflowDispatch);
      const commit = hub.commit(repository, ref);
      if (!commit) throw new Refusal("invalid-request", { message: `No ref found for: ${ref}` });
      const text = commit.files[workflow.path] ?? "";
      if (!("workflow_dispatch" in eventsOf(readWorkflow(text))))
        throw new Refusal("invalid-request", {
          message: "Workflow does not have 'workflow_dispatch' trigger",
        });
      demandInputs(text, inputs);
      const payload = { ref, inputs, workflow: workflow.path };
      record(call, "workflow_dispatch", payload);
      emit(hub, repository, call.user, "workflow_dispatch", payload);
      return noContent;
    },
  },
};

/** @throws Refusal 422 in GitHub's words */
function demandInputs(text: string, inputs: Record<string, unknown>): void {
  const declared = declaredInputs(text);
  const unknown = Object.keys(inputs).filter((name) => !(name in declared));
  if (unknown.length > 0)
    throw new Refusal("invalid-request", {
      message: `Unexpected inputs provided: ${JSON.stringify(unknown)}`,
    });
  for (const [name, one] of Object.entries(declared)) {
    if (one?.required === true && one.default === undefined && (inputs[name] ?? "") === "")
      throw new Refusal("invalid-request", { message: `Required input '${name}' not provided` });
    if (
      one?.type === "choice" &&
      name in inputs &&
      !(one.options ?? []).map(String).includes(String(inputs[name]))
    )
      throw new Refusal("invalid-request", {
        message: `Provided value '${String(inputs[name])}' for input '${name}' not in the list of allowed values`,
      });
  }
}

function demandWithinLimits(eventType: string, payload: Record<string, unknown>): void {
  const refuse = (message: string) =>
    new Refusal("invalid-request", { message: `Invalid request.\n\n${message}` });
  if (eventType.length === 0 || eventType.length > limits.eventType)
    throw refuse(`event_type is too long (maximum is ${limits.eventType} characters).`);
  const keys = Object.keys(payload).length;
  if (keys > limits.topLevelKeys)
    throw refuse(`No more than ${limits.topLevelKeys} properties are allowed; ${keys} were supplied.`);
  if (Buffer.byteLength(JSON.stringify(payload)) >= limits.payloadBytes)
    throw new Refusal("validation-failed", { message: "client_payload is too large." });
}

function record(call: Call, event: Dispatch["event"], payload: Record<string, unknown>): void {
  const { hub, repository } = call;
  const id = hub.nextId();
  hub.tables.dispatches.put(id, { id, repository: repository.id, event, payload, created_at: hub.now() });
}
