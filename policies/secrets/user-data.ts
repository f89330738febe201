import { detect, lineOf } from "./detect.ts";
import { inputRule } from "./input-rule.ts";
import { isUserDataDigest, oneTimeHostKey, withoutHostKey } from "../one-time-host-key.ts";
import { isUserData } from "./places.ts";
import { stackSecrets } from "./stack-secrets.ts";

const fix =
  "leave it out of the user data, and send it over the verified connection, by a command's stdin, once the machine is up";

/**
 * User data holds no credential, be it marked secret or not: every process and container can read it at 169.254.169.254
 * as long as the machine lives, and the provider keeps it unencrypted. The one exception is `oneTimeHostKey`.
 */
export const userData = inputRule({
  name: "secrets/user-data",
  description: "User data holds no credential but the droplet's one-time host key.",
  concerns: isUserData,
  check: async ({ type, inputs }, report) => {
    for (const input of inputs) {
      if (isUserDataDigest(input.value)) continue;
      const rest = type === oneTimeHostKey.type ? withoutHostKey(input.value) : undefined;
      const text = rest ?? input.value;
      const findings = await detect(text, "exposed");
      for (const { what, index } of findings)
        report(input, `holds ${what} at line ${lineOf(text, index)}`, fix);
      if (findings.length > 0) continue;
      if (stackSecrets().some((secret) => text.includes(secret)))
        report(input, "holds one of the stack's secrets", fix);
      // The host key alone accounts for the mark; without it something else that is secret went in.
      else if (input.isSecret && rest === undefined) report(input, "is made from a secret", fix);
    }
  },
});
