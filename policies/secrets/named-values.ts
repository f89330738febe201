import { looksRandom } from "./entropy.ts";
import { isPlaceholder, isReference, isWordy } from "./placeholders.ts";

/** Where a text stands decides what is suspicious in it. */
export type Place =
  /** A file of the tree, prose or configuration: examples are welcome. */
  | "document"
  /** A source file: unquoted text is a variable's name. */
  | "code"
  /** A resource's input: it is real, so no example is excused. */
  | "input"
  /** An input that others can read (user data, command text): any generated string is suspicious. */
  | "exposed";

const words =
  "pass(?:word|wd|phrase|code)|(?<=[a-z][_-])(?:pass|pwd)|secret|token|credential|(?:api|access|private|secret|signing|encryption|master|routing|integration)[_-]?key|(?:rsa|dsa|ecdsa|ed25519)_private";
const secretName = new RegExp(`(?:${words})s?$`, "i");
const odooOwn = /(?:^|[^a-z])(?:admin_passwd|db_password|smtp_password)$/i;

/** Whether a property or variable of this name holds a secret: `dbPassword`, `API_KEY`, but not `secretName`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Whether `value`, standing under the secret-like `name`, is the secret itself. */
export function isSecretValue(name: string, value: string, place: Place): boolean {
  if (place === "input" || place === "exposed") return value.length >= 4 && !isReference(value);
  if (isPlaceholder(value) || isNameOfSecret(value) || value.length < 4) return false;
  // Odoo's own, and variables of an environment, hold nothing but the value, be it ever so wordy.
  if (odooOwn.test(name) || /^[A-Z][A-Z0-9_]*$/.test(name)) return true;
  return looksRandom(value) && !isWordy(value) && !/\s/.test(value);
}

const assignment = new RegExp(
  `(?:${words})s?["'\\]]{0,2}[ \\t]{0,3}(?::[-=]|=(?![=>~])|:(?![:=/?+]))[ \\t]{0,3}` +
    "(?:\"([^\"\\n]{0,300})\"|'([^'\\n]{0,300})'|([^\\s\"'`&;,{}()\\[\\]<>|\\\\][^\\s\"'`&;,{}()\\[\\]\\\\]{0,299}))",
  "gi",
);

/**
 * Assignments whose name is that of a secret and whose value is one: `name = value`, `NAME=value`, `"name": "value"`, and
 * `${NAME:-value}`, which hides a secret behind a variable.
 */
export function namedValues(text: string, place: Place): { index: number; value: string }[] {
  const found: { index: number; value: string }[] = [];
  for (const match of text.matchAll(assignment)) {
    const quoted = match[1] ?? match[2];
    const value = quoted ?? match[3] ?? "";
    const name =
      /[\w.-]*$/.exec(text.slice(Math.max(0, match.index - 64), match.index))?.[0] + nameOf(match[0]);
    if (quoted === undefined && isExpression(text, match)) continue;
    if (place === "code" && quoted === undefined && !/^[A-Z0-9_]+=\S/.test(name + operatorOf(match[0])))
      continue;
    const index = match.index + match[0].lastIndexOf(value);
    if (value.includes("${")) {
      for (const inner of namedValues(value, place)) found.push({ ...inner, index: index + inner.index });
    }
    if (!isSecretValue(name.replace(/^.*[.]/, "").replace(/^-+/, ""), value, place)) continue;
    found.push({ index, value });
  }
  return found;
}

/** Whether an unquoted value is a call or a member, as in `token = login()` and `token = config.token`. */
function isExpression(text: string, match: RegExpExecArray): boolean {
  return (
    text[match.index + match[0].length] === "(" || /^[A-Za-z_$]+(?:\.[A-Za-z_$]+)+$/.test(match[3] ?? "")
  );
}

const nameOf = (match: string): string => /^[\w-]*/.exec(match)?.[0] ?? "";
const operatorOf = (match: string): string => match.slice(nameOf(match).length);
/** `SPACES_SECRET_ACCESS_KEY`, `webhookSecret`, `SECRET`: where a secret is found, not what it is. */
const isNameOfSecret = (value: string): boolean =>
  /^[A-Z][A-Z0-9_]*$/.test(value) ? !/\d/.test(value) : isSecretName(value) && isWordy(value);
