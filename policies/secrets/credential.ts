import { detect, lineOf } from "./detect.ts";
import type { Input } from "./inputs.ts";
import { isSecretName, isSecretValue } from "./named-values.ts";
import { stackSecrets } from "./stack-secrets.ts";

/**
 * Why an input that stands in plain text should not: it holds a credential, one of the stack's secrets, or is a secret by
 * its name. Undefined where nothing speaks against it.
 */
export async function plainCredential(
  { name, value }: Input,
  besides: ReadonlySet<string> = new Set(),
): Promise<string | undefined> {
  if (stackSecrets().some((secret) => value.includes(secret)))
    return "holds one of the stack's secrets in plain text";
  const first = (await detect(value, "input")).find(({ id }) => !besides.has(id));
  if (first) return `holds ${first.what} in plain text, at line ${lineOf(value, first.index)}`;
  if (isSecretName(name) && isSecretValue(name, value, "input"))
    return "is a secret by its name and stands in plain text";
  return undefined;
}
