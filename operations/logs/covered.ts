import { redactor } from "../redact.ts";
import type { LogLine } from "./line.ts";

/** Credentials of whoever runs the verb, which the vendors' answers could quote. */
const own = ["DIGITALOCEAN_TOKEN", "GITHUB_TOKEN", "SPACES_ACCESS_KEY_ID", "SPACES_SECRET_ACCESS_KEY"];

/** The lines with every secret covered. They are looked at as one text, since a key may go over several of them. */
export async function covered(lines: LogLine[], secrets: Iterable<string>): Promise<LogLine[]> {
  const cover = redactor([...secrets, ...own.map((name) => process.env[name] ?? "")]);
  const text = (await cover(lines.map((line) => line.text).join("\n"))).split("\n");
  let at = 0;
  return lines.map((line) => {
    const from = at;
    at += line.text.split("\n").length;
    return { ...line, text: text.slice(from, at).join("\n") };
  });
}
