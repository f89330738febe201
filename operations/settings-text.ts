import { type YAMLMap, isMap, parseDocument, stringify } from "yaml";

/**
 * Adds keys to the text of a stack's settings, at the end of its `config` section, and the salt where it is missing.
 * Every character that is there stays: the engine's own editor would drop blank lines and set lists anew.
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
  const config = document.get("config", true);
  const block = Object.entries(added)
    .map(([key, value]) => stringify({ [key]: value }, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, "  "))
    .join("");
  const withKeys = isMap(config)
    ? insert(text, endOf(config, text), block)
    : insert(text, text.length, `config:\n${block}`);
  return salt === undefined || document.has("encryptionsalt")
    ? withKeys
    : insert(withKeys, withKeys.length, `encryptionsalt: ${salt}\n`);
}

/** Where the last line of a section ends. */
function endOf(section: YAMLMap, text: string): number {
  const end = section.range?.[1] ?? text.length;
  // A comment that follows on the same line belongs to it.
  const newline = text.indexOf("\n", Math.max(0, end - 1));
  return newline === -1 ? text.length : newline + 1;
}

function insert(text: string, at: number, block: string): string {
  const before = text.slice(0, at);
  return `${before}${before === "" || before.endsWith("\n") ? "" : "\n"}${block}${text.slice(at)}`;
}
