/**
 * How a verb ends. 1 to 9 are Pulumi's own numbers, so scripts around `pulumi` keep working; ours begin at 10.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/util/cmdutil/exit_codes.go
 */
export const exitCodes = {
  done: 0,
  failed: 1,
  badInput: 2,
  notAuthenticated: 3,
  policyViolation: 5,
  noSuchStack: 6,
  cancelled: 8,
  timeout: 9,
  findings: 10,
  unhealthy: 11,
  notRolledBack: 12,
  locked: 13,
} as const;

export type ExitName = keyof typeof exitCodes;

/** What each code tells, for `--help` and `docs/`. */
export const exitMeanings: Record<ExitName, string> = {
  done: "done, nothing wrong",
  failed: "failed; a deploy has gone back to the release before",
  badInput: "bad input or settings; nothing was touched",
  notAuthenticated: "a credential is missing, expired or lacks a scope",
  policyViolation: "a policy forbids it; nothing was touched",
  noSuchStack: "there is no such stack",
  cancelled: "cancelled by you, or not confirmed",
  timeout: "took longer than TIMEOUT allows",
  findings: "finished and found something (drift, doctor, manifest, backup watch)",
  unhealthy: "the platform is not healthy",
  notRolledBack: "failed, and going back failed too: a person is needed",
  locked: "somebody else is changing the stack",
};
