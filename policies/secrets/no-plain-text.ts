import { detect, lineOf } from "./detect.ts";
import { inputRule } from "./input-rule.ts";
import type { Input } from "./inputs.ts";
import { isSecretName, isSecretValue } from "./named-values.ts";
import { isCommandText, isUserData } from "./places.ts";
import { stackSecrets } from "./stack-secrets.ts";

const fix =
  "keep it as a secret of the stack (pulumi config set --secret KEY) and read it with config.requireSecret";

/** No input holds a credential in plain text: what is not marked secret stands readable in state, history and logs. */
export const noPlainText = inputRule({
  name: "secrets/no-plain-text",
  description: "No input holds a credential in plain text.",
  concerns: (input, type) => !input.isSecret && !isUserData(input) && !isCommandText(input, type),
  check: async ({ inputs }, report) => {
    const own = stackSecrets();
    for (const input of inputs) {
      const fault = own.some((secret) => input.value.includes(secret))
        ? "holds one of the stack's secrets in plain text"
        : await plainCredential(input);
      if (fault) report(input, fault, fix);
    }
  },
});

async function plainCredential({ name, value }: Input): Promise<string | undefined> {
  const [first] = await detect(value, "input");
  if (first) return `holds ${first.what} in plain text, at line ${lineOf(value, first.index)}`;
  if (isSecretName(name) && isSecretValue(name, value, "input"))
    return "is a secret by its name and stands in plain text";
  return undefined;
}
