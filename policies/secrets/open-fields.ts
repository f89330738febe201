import { inputRule } from "./input-rule.ts";
import type { Input } from "./inputs.ts";

const fix = "use the secret kind of this field (an Actions secret, type: SECRET), or leave the value out";

/**
 * No secret goes where the vendor shows it to all: a variable of Actions, a DNS record, a description, a tag. The mark protects a value in Pulumi's state and nowhere else.
 */
export const openFields = inputRule({
  name: "secrets/open-fields",
  description: "No secret stands in a field that the vendor shows openly.",
  concerns: (input, type) => input.isSecret && isOpen(input, type),
  check: async ({ inputs }, report) => {
    for (const input of inputs) report(input, "is a secret in a field that the vendor shows openly", fix);
  },
});

function isOpen({ path }: Input, type: string): boolean {
  const field = path.at(-1) ?? "";
  if (path[0] === "description" || path[0] === "tags") return true;
  if (/^github:index\/\w*Variable:/.test(type)) return field === "value";
  if (type === "digitalocean:index/dnsRecord:DnsRecord") return field === "value";
  // Not the environment of an app: the SDK spreads the mark of one value over the whole spec, so it tells nothing there.
  // secrets/no-plain-text finds the stack's own secrets in it by their value.
  return false;
}
