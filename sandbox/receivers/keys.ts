/** Addresses and keys of the sandbox's receivers: one random token, cut to each one's length. */
export const receiverKeys = (token: string) => ({
  slack: `TSANDBOX/BSANDBOX/${token.slice(0, 24)}`,
  mattermost: token.slice(0, 26),
  pagerduty: token.slice(0, 32),
});
