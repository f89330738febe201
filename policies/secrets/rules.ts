import type { Policies } from "@pulumi/policy";
import { actionsSecrets } from "./actions-secrets.ts";
import { commandText } from "./command-text.ts";
import { noPlainText } from "./no-plain-text.ts";
import { noTokenPrompt } from "./no-token-prompt.ts";
import { openFields } from "./open-fields.ts";
import { userData } from "./user-data.ts";

/** The rules of this pack; docs/policies.md says what each forbids and how to mend it. */
export const rules: Policies = [
  noPlainText,
  userData,
  commandText,
  actionsSecrets,
  openFields,
  noTokenPrompt,
];
