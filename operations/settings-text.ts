import { type Document, type YAMLMap, isMap, isScalar, parseDocument, stringify } from "yaml";

/**
 * Adds keys to the text of a stack's settings, at the end of its `config` section, and the salt where it is missing.
 * Every line that is there stays as it is: the engine's own editor would drop blank lines and set lists anew.
 *
 * @param text YAML without errors
 * @param added full keys ("odoo-platform:webhookSecret") with what stands under them
 */
export function addToSettings(
  text: string,
  added: Record<string, unknown>,
  salt: string | undefined,
): string {
  const document = parseDocument(text);
  const withKeys = Object.keys(added).length === 0 ? text : addKeys(text, document, added);
  if (salt === undefined || document.has("encryptionsalt")) return withKeys;
  return insertLines(withKeys, withKeys.length, `encryptionsalt: ${salt}\n`);
}

function addKeys(text: string, document: Document, added: Record<string, unknown>): string {
  const config: unknown = document.get("config", true);
  if (isMap(config) && config.flow) return insertIntoBraces(text, config, added);
  if (isMap(config)) return insertLines(text, endOf(config, text), block(added, indentOf(config, text)));
  const heading = headingEnd(document, text);
  if (heading !== undefined) return insertLines(text, heading, block(added, "  "));
  return insertLines(text, text.length, `config:\n${block(added, "  ")}`);
}

const block = (added: Record<string, unknown>, indent: string): string =>
  stringify(added, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, indent);

/** Where the last line of a section ends. */
function endOf(section: YAMLMap, text: string): number {
  const end = section.range?.[1] ?? text.length;
  // A comment that follows on the same line belongs to it.
  return afterLine(text, Math.max(0, end - 1));
}

function afterLine(text: string, at: number): number {
  const newline = text.indexOf("\n", at);
  return newline === -1 ? text.length : newline + 1;
}

/** The white space before a section's first key, which every other key must have too. */
function indentOf(section: YAMLMap, text: string): string {
  const start = section.range?.[0] ?? 0;
  return " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
}

/** Where the line of a `config:` ends that has nothing under it; undefined when there is none. */
function headingEnd(document: Document, text: string): number | undefined {
  const pair = isMap(document.contents)
    ? document.contents.items.find(({ key }) => isScalar(key) && key.value === "config")
    : undefined;
  return isScalar(pair?.key) ? afterLine(text, pair.key.range?.[1] ?? 0) : undefined;
}

// JSON is YAML within braces.
function insertIntoBraces(text: string, section: YAMLMap, added: Record<string, unknown>): string {
  const brace = (section.range?.[1] ?? text.length) - 1;
  const comma = section.items.length > 0 && !/,\s*$/.test(text.slice(0, brace)) ? ", " : " ";
  return `${text.slice(0, brace).trimEnd()}${comma}${JSON.stringify(added).slice(1, -1)} ${text.slice(brace)}`;
}

function insertLines(text: string, at: number, lines: string): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const before = text.slice(0, at);
  const gap = before === "" || before.endsWith("\n") ? "" : newline;
  return `${before}${gap}${lines.replaceAll("\n", newline)}${text.slice(at)}`;
}
