import { plainCredential } from "./credential.ts";
import { inputRule } from "./input-rule.ts";
import type { Input } from "./inputs.ts";
import { isSecretName } from "./named-values.ts";

const fix = "use the secret kind of this field (an Actions secret, type: SECRET), or leave the value out";

/** Half of a pair, which opens nothing by itself, and which a log shows with each request. */
const accessKeyIds = new Set(["spaces-key", "aws-key"]);

/**
 * No secret goes where the vendor shows it to all: a variable of Actions, a general value of an app's environment, a DNS
 * record, a description, a tag. The mark protects a value in Pulumi's state and nowhere else.
 */
export const openFields = inputRule({
  name: "secrets/open-fields",
  description: "No secret stands in a field that the vendor shows openly.",
  concerns: (input, type) =>
    isAppValue(input, type)
      ? !input.isUnknown || isSecretName(input.name)
      : input.isSecret && isOpen(input, type),
  check: async ({ type, inputs }, report) => {
    for (const input of inputs) {
      const fault = isAppValue(input, type)
        ? await plainCredential(input, accessKeyIds)
        : "is a secret in a field that the vendor shows openly";
      if (fault) report(input, fault, fix);
    }
  },
});

function isOpen({ path }: Input, type: string): boolean {
  if (path[0] === "description" || path[0] === "tags") return true;
  if (/^github:index\/\w*Variable:/.test(type)) return path[0] === "value";
  return type === "digitalocean:index/dnsRecord:DnsRecord" && path[0] === "value";
}

/** An app's value is judged by what it says: one secret in a spec makes Pulumi mark the whole of it. */
function isAppValue({ path, siblings }: Input, type: string): boolean {
  return (
    type === "digitalocean:index/app:App" &&
    path.at(-1) === "value" &&
    "key" in siblings &&
    siblings["type"] !== "SECRET"
  );
}
