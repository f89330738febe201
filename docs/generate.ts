import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { settingsPage, settingsSchema } from "./settings-page.ts";
import { verbsPage } from "./verbs-page.ts";

// Writes the pages that are made from code; with --check it only says which are stale, and fails.
const root = join(import.meta.dirname, "..");
const pages: Record<string, string> = {
  "docs/settings.md": settingsPage(),
  "docs/verbs.md": verbsPage(),
  "settings/schema.json": settingsSchema(),
};
const stale = Object.entries(pages).filter(([file, text]) => {
  const path = join(root, file);
  return !existsSync(path) || readFileSync(path, "utf8") !== text;
});
if (process.argv.includes("--check")) {
  for (const [file] of stale) console.error(`${file} is stale; run "npm run docs" and commit it`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [file, text] of stale) writeFileSync(join(root, file), text);
  console.error(stale.length > 0 ? `wrote ${stale.map(([file]) => file).join(", ")}` : "nothing was stale");
}
