import type { Call } from "../call.ts";
import { parseNodeId } from "../node-id.ts";
import { mergeChecks, rulesOf, unprotected } from "../protection-rules.ts";
import { Refusal } from "../refusals.ts";
import type { ProtectionRule } from "../rows/protection.ts";
import type { Repository } from "../rows/repositories.ts";
import { graphQLError } from "./errors.ts";
import { appNumber, ruleNode } from "./repository-nodes.ts";

type RuleInput = Partial<Omit<ProtectionRule, "id" | "repository" | "requiredChecks">> & {
  requiredStatusCheckContexts?: string[] | null;
  requiredStatusChecks?: { context: string; appId?: string | null }[] | null;
  clientMutationId?: string | null;
};

/** Mutations: branch protection rules, which the official plugin writes nowhere else. */
export const mutations = {
  createBranchProtectionRule(
    { input: { repositoryId, ...input } }: { input: RuleInput & { repositoryId: string; pattern: string } },
    call: Call,
  ) {
    const { tables } = call.hub;
    const node = parseNodeId(repositoryId);
    const repository = node?.kind === "Repository" ? tables.repositories.get(node.id) : undefined;
    if (!repository || !call.actor.maySee(repository)) throw unresolved(repositoryId);
    demandRight(call, repository);
    demandFree(call, repository, input.pattern, undefined);
    const id = call.hub.nextId();
    const row = {
      ...unprotected,
      ...fields(input),
      id,
      repository: repository.id,
      pattern: input.pattern,
    };
    return payload(call, tables.protectionRules.put(id, row), input);
  },

  updateBranchProtectionRule(
    {
      input: { branchProtectionRuleId, ...input },
    }: { input: RuleInput & { branchProtectionRuleId: string } },
    call: Call,
  ) {
    const { row, repository } = ruleOf(call, branchProtectionRuleId);
    if (input.pattern) demandFree(call, repository, input.pattern, row);
    return payload(call, call.hub.tables.protectionRules.put(row.id, { ...row, ...fields(input) }), input);
  },

  deleteBranchProtectionRule(
    { input }: { input: { branchProtectionRuleId: string; clientMutationId?: string } },
    call: Call,
  ) {
    const { row } = ruleOf(call, input.branchProtectionRuleId);
    call.hub.tables.protectionRules.delete(row.id);
    return { clientMutationId: input.clientMutationId ?? null };
  },
};

const payload = (call: Call, row: ProtectionRule, input: RuleInput) => ({
  branchProtectionRule: ruleNode(call, row),
  clientMutationId: input.clientMutationId ?? null,
});

const unresolved = (id: string) =>
  graphQLError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);

function ruleOf(call: Call, id: string): { row: ProtectionRule; repository: Repository } {
  const node = parseNodeId(id);
  const row =
    node?.kind === "BranchProtectionRule" ? call.hub.tables.protectionRules.get(node.id) : undefined;
  const repository = row && call.hub.tables.repositories.get(row.repository);
  if (!row || !repository || !call.actor.maySee(repository)) throw unresolved(id);
  demandRight(call, repository);
  return { row, repository };
}

// What REST answers with a status of its own is here an error beside `data`, with the same words.
function demandRight(call: Call, repository: Repository): void {
  try {
    call.actor.demand("administration=write", repository);
    call.hub.demandProtection(repository);
  } catch (error) {
    if (error instanceof Refusal) throw graphQLError("FORBIDDEN", error.message);
    throw error;
  }
}

function demandFree(
  call: Call,
  repository: Repository,
  pattern: string,
  row: ProtectionRule | undefined,
): void {
  if (rulesOf(call.hub, repository).some((one) => one.pattern === pattern && one.id !== row?.id))
    throw graphQLError("UNPROCESSABLE", `Name already protected: ${pattern}`);
}

/** What an input changes: null, as the official plugin sends for empty lists, leaves things as they are. */
function fields(input: RuleInput): Partial<ProtectionRule> {
  const { requiredStatusCheckContexts, requiredStatusChecks, clientMutationId: _, ...plain } = input;
  const said = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null));
  if (!requiredStatusCheckContexts && !requiredStatusChecks) return said;
  const contexts = (requiredStatusCheckContexts ?? []).map((context) => ({ context, app_id: null }));
  const checks = (requiredStatusChecks ?? []).map(({ context, appId }) => ({
    context,
    app_id: appNumber(appId),
  }));
  return { ...said, requiredChecks: mergeChecks([...contexts, ...checks]) };
}
