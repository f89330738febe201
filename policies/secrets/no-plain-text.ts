import { plainCredential } from "./credential.ts";
import { inputRule } from "./input-rule.ts";
import { isSecretName } from "./named-values.ts";
import { isCommandText, isUserData } from "./places.ts";

const fix =
  "keep it as a secret of the stack (pulumi config set --secret KEY) and read it with config.requireSecret";

/**
 * No input holds a credential in plain text: what is not marked secret stands readable in state, history and logs.
 *
 * What is not known in a preview comes out of another resource. Most often that is an id, so it is reported as unchecked
 * only under a secret's name; the update checks all of it.
 */
export const noPlainText = inputRule({
  name: "secrets/no-plain-text",
  description: "No input holds a credential in plain text.",
  concerns: (input, type) =>
    !input.isSecret &&
    !isUserData(input) &&
    !isCommandText(input, type) &&
    (!input.isUnknown || isSecretName(input.name)),
  check: async ({ inputs }, report) => {
    for (const input of inputs) {
      const fault = await plainCredential(input);
      if (fault) report(input, fault, fix);
    }
  },
});
