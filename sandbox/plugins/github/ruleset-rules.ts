import { bool, list, number, object, set, text, type Shape } from "../protocol/schema.ts";
import type { Properties } from "../protocol/values.ts";
import { fromVendor, toVendor } from "../protocol/vendor-form.ts";

const pattern = object({
  name: text(),
  negate: bool(),
  operator: text({ required: true, oneOf: ["starts_with", "ends_with", "contains", "regex"] }),
  pattern: text({ required: true }),
});

const minutes = (standard: number): ReturnType<typeof number> =>
  number({ default: standard, min: 0, max: 360 });
const entries = (standard: number): ReturnType<typeof number> =>
  number({ default: standard, min: 0, max: 100 });

/**
 * Every rule by its type. Those that are true or false have no parameters; the name of every other property is that of
 * a type, and what is in it are the parameters. Required reviewers of paths are not served.
 */
export const ruleShape: Shape = {
  creation: bool(),
  deletion: bool(),
  nonFastForward: bool(),
  requiredLinearHistory: bool(),
  requiredSignatures: bool(),
  update: bool(),
  updateAllowsFetchAndMerge: bool({ default: false }),
  pullRequest: object({
    allowedMergeMethods: list(text({ oneOf: ["merge", "squash", "rebase"] }), { computed: true }),
    dismissStaleReviewsOnPush: bool({ default: false }),
    requireCodeOwnerReview: bool({ default: false }),
    requireLastPushApproval: bool({ default: false }),
    requiredApprovingReviewCount: number({ default: 0, min: 0, max: 10 }),
    requiredReviewThreadResolution: bool({ default: false }),
  }),
  requiredStatusChecks: object({
    requiredChecks: set(
      object({ context: text({ required: true }), integrationId: number({ default: 0 }) }),
      {
        required: true,
        api: "required_status_checks",
      },
    ),
    strictRequiredStatusChecksPolicy: bool(),
    doNotEnforceOnCreate: bool({ default: false }),
  }),
  requiredDeployments: object({ requiredDeploymentEnvironments: list(text(), { required: true }) }),
  requiredCodeScanning: object({
    requiredCodeScanningTools: set(
      object({
        alertsThreshold: text({ required: true }),
        securityAlertsThreshold: text({ required: true }),
        tool: text({ required: true }),
      }),
      { required: true, api: "code_scanning_tools" },
    ),
  }),
  mergeQueue: object({
    checkResponseTimeoutMinutes: minutes(60),
    groupingStrategy: text({ default: "ALLGREEN", oneOf: ["ALLGREEN", "HEADGREEN"] }),
    maxEntriesToBuild: entries(5),
    maxEntriesToMerge: entries(5),
    mergeMethod: text({ default: "MERGE", oneOf: ["MERGE", "SQUASH", "REBASE"] }),
    minEntriesToMerge: entries(1),
    minEntriesToMergeWaitMinutes: minutes(5),
  }),
  branchNamePattern: pattern,
  tagNamePattern: pattern,
  commitMessagePattern: pattern,
  commitAuthorEmailPattern: pattern,
  committerEmailPattern: pattern,
  filePathRestriction: object({ restrictedFilePaths: list(text(), { required: true }) }),
  fileExtensionRestriction: object({ restrictedFileExtensions: set(text(), { required: true }) }),
  maxFileSize: object({ maxFileSize: number({ required: true, min: 1, max: 100 }) }),
  maxFilePathLength: object({ maxFilePathLength: number({ required: true, min: 1, max: 32767 }) }),
  copilotCodeReview: object({
    reviewOnPush: bool({ default: false }),
    reviewDraftPullRequests: bool({ default: false }),
  }),
};

export interface Rule {
  readonly type: string;
  readonly parameters?: Properties;
}

export function toRules({ updateAllowsFetchAndMerge, ...rules }: Properties): Rule[] {
  return Object.entries(toVendor(ruleShape, rules))
    .filter(([, value]) => value !== false)
    .map(([type, value]) => {
      if (type === "update")
        return { type, parameters: { update_allows_fetch_and_merge: updateAllowsFetchAndMerge } };
      return value === true ? { type } : { type, parameters: withoutAnyApp(value as Properties) };
    });
}

/** A check that any app may report has no app's number. */
function withoutAnyApp(parameters: Properties): Properties {
  const checks = parameters["required_status_checks"] as { integration_id?: number }[] | undefined;
  if (!checks) return parameters;
  const named = checks.map(({ integration_id, ...check }) =>
    integration_id ? { ...check, integration_id } : check,
  );
  return { ...parameters, required_status_checks: named };
}

export function fromRules(rules: readonly Rule[]): Properties {
  const found = rules.map(({ type, parameters }) => [type, type === "update" ? true : (parameters ?? true)]);
  const update = rules.find(({ type }) => type === "update")?.parameters;
  return {
    ...fromVendor(ruleShape, Object.fromEntries(found) as Properties),
    updateAllowsFetchAndMerge: update?.["update_allows_fetch_and_merge"] ?? false,
  };
}
