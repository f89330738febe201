import type { Policies } from "@pulumi/policy";
import { backups } from "./backups.ts";
import { branchProtection } from "./branch-protection.ts";
import { budget } from "./budget.ts";
import { closedPorts } from "./closed-ports.ts";
import { dataProtected } from "./data-protected.ts";
import { hostKeyPinned } from "./host-key-pinned.ts";
import { mailCaught } from "./mail-caught.ts";
import { tls } from "./tls.ts";

/** The rules of this pack; docs/policies.md says what each forbids and how to mend it. */
export const rules: Policies = [
  backups,
  branchProtection,
  budget,
  closedPorts,
  dataProtected,
  hostKeyPinned,
  mailCaught,
  tls,
];
