/**
 * What stands where a secret would stand and is none: a reference to the real one, or a word that a reader replaces.
 * References are harmless everywhere. Placeholders are harmless in documents only: `changeme` in a real input is a bad
 * password, not an example.
 */

const references: readonly RegExp[] = [
  /\$\{|\$\(|\{\{|`/, // shell, Compose, templates, command substitution
  /^\$[A-Za-z_]/, // $TOKEN
  /^%[A-Za-z_]+%$|%\([A-Za-z_]+\)s/, // Windows, Python
  /^EV\[\d+:/, // what App Platform answers for a SECRET: encrypted, useless elsewhere
  /^(?:4dabf18193072939515e22adb298388d|1b47061264138c4ac30d75fd1eb44270)$/, // how Pulumi marks a secret on the wire
  /^(?:sha256[:-]|sha384-|sha512[:-])/, // digests
  /^(?:true|false|yes|no|on|off|none|null|nil|undefined|disabled|enabled|required|optional|\d{1,6})$/i,
  /^(?:file|env|vault|op|ref\+\w+):/, // looked up at run time
];

const words =
  /^(?:change[-_ ]?(?:me|it|this)|(?:my|your|the|some|an?)[-_ ][a-z _-]*|.*(?:example|placeholder|redacted|dummy|not[-_ ]set).*|fake|sample|hidden|secret|password|passwd|passphrase|token|test|todo|admin|odoo|postgres|user|pass|pw|key|value|string|credentials?)$/i;

/** Whether `value` only points at a secret: `${DB_PASSWORD:?not set}`, `$(cat ...)`, `/run/secrets/db`, `EV[1:...]`. */
export function isReference(value: string): boolean {
  return references.some((reference) => reference.test(value)) || isPath(value);
}

/** Whether `value` is only an example: a reference, `<your-token>`, `changeme`, `xxxx`, AWS's documented EXAMPLE keys. */
export function isPlaceholder(value: string): boolean {
  return isReference(value) || isMadeUp(value) || words.test(value);
}

/** Whether no vendor could have issued `value`: `xxxx`, `0000`, `***`, `<...>`, an ellipsis, the word EXAMPLE. */
export function isMadeUp(value: string): boolean {
  return (
    new Set(value.replace(/^[A-Za-z]{2,10}[_-](?:v1_)?/, "")).size <= 3 ||
    /^<[^>]*>?$|\.\.\.|…|\*{3}|x{6}|EXAMPLE/i.test(value)
  );
}

/** Whether each part of `value` is a plain word or a short number, as in `odoo-db-password-2`: a name, not a secret. */
export function isWordy(value: string): boolean {
  return value.split(/[-_. :/@#]+/).every((part) => /^(?:[A-Za-z]{0,24}|\d{1,4})$/.test(part));
}

function isPath(value: string): boolean {
  return /^(?:~|\.{1,2})?\//.test(value) && isWordy(value);
}
