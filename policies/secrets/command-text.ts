import { detect, lineOf } from "./detect.ts";
import { inputRule } from "./input-rule.ts";
import { isSecretName, isSecretValue } from "./named-values.ts";
import { isCommandText } from "./places.ts";
import { stackSecrets } from "./stack-secrets.ts";

const fix = "send the secret by the command's stdin; as a trigger take a digest of it (pulumi.unsecret)";

/**
 * Command text holds no credential, be it marked secret or not: it stands in `ps` while it runs, and in error messages.
 * An environment may hold what is marked secret; a trigger may not, since whoever changes one sees both values.
 */
export const commandText = inputRule({
  name: "secrets/command-text",
  description: "Command text holds no credential.",
  concerns: isCommandText,
  check: async ({ inputs }, report) => {
    for (const input of inputs) {
      const { path, name, value, isSecret } = input;
      if (isSecret) {
        if (path[0] !== "environment") report(input, "is made from a secret", fix);
        continue;
      }
      const findings = await detect(value, "exposed");
      for (const { what, index } of findings)
        report(input, `holds ${what} at line ${lineOf(value, index)}`, fix);
      if (findings.length > 0) continue;
      if (stackSecrets().some((secret) => value.includes(secret)))
        report(input, "holds one of the stack's secrets", fix);
      else if (isSecretName(name) && isSecretValue(name, value, "exposed"))
        report(input, "is a secret by its name and stands in plain text", fix);
    }
  },
});
