import { execFileSync } from "node:child_process";

/** Writes a zip, as Python makes it, which is what reads it on the machine. */
export function writeZip(path: string, entries: Record<string, string>, method = "ZIP_DEFLATED"): void {
  const program = `import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.${method}) as archive:
    for name, text in json.load(sys.stdin).items(): archive.writestr(name, text)`;
  execFileSync("python3", ["-c", program, path], { input: JSON.stringify(entries) });
}
