import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as z from "zod/mini";
import {
  type AddonFault,
  type AddonMount,
  type Addons,
  manifestFile,
  manifestSchema,
  mountsFile,
  mountsSchema,
} from "./addons.ts";

/** Reads both manifests of a checkout. Does not throw: what cannot be read is in `faults`. */
export function readAddons(root: string): Addons {
  const manifest = readAs(manifestSchema, root, manifestFile);
  const mounts = readAs(mountsSchema, root, mountsFile);
  const faults = [...manifest.faults, ...mounts.faults];
  if (!manifest.value || !mounts.value) return { repositories: [], mounts: [], local: new Map(), faults };
  return {
    repositories: manifest.value.repositories,
    mounts: mounts.value.mounts,
    local: localModules(root, mounts.value.mounts),
    faults,
  };
}

function localModules(root: string, mounts: readonly AddonMount[]): Map<string, string[]> {
  const folders = mounts.flatMap(({ source }) => (source.kind === "directory" ? [source.directory] : []));
  const there = folders.filter((folder) => existsSync(join(root, folder)));
  const modulesIn = (folder: string): string[] =>
    readdirSync(join(root, folder)).filter((name) => existsSync(join(root, folder, name, "__manifest__.py")));
  return new Map(there.map((folder) => [folder, modulesIn(folder)]));
}

interface Read<Value> {
  value?: Value;
  faults: AddonFault[];
}

function readAs<Schema extends z.ZodMiniType>(
  schema: Schema,
  root: string,
  file: string,
): Read<z.infer<Schema>> {
  const unreadable = (fault: string, fix: string) => ({ faults: [{ path: file, fault, fix }] });
  let text: string;
  try {
    text = readFileSync(join(root, file), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") return unreadable(`cannot be read (${String(code)})`, "let its owner read it");
    return unreadable("is missing", `bring it back: git checkout -- ${file}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return unreadable(`is no JSON: ${(error as SyntaxError).message}`, "mend it where the message says");
  }
  const parsed = schema.safeParse(json, { reportInput: true });
  if (parsed.success) return { value: parsed.data, faults: [] };
  return { faults: parsed.error.issues.flatMap((issue) => explain(file, issue)) };
}

function explain(file: string, issue: z.core.$ZodIssue): AddonFault[] {
  const path = `${file}${issue.path.length > 0 ? ": " : ""}${pathOf(issue.path)}`;
  const form = "docs/manifest.md has its form";
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path, fault: `there is no "${key}"`, fix: `take it out; ${form}` }));
    case "invalid_type":
      if (issue.input === undefined) return [{ path, fault: "is missing", fix: `add it; ${form}` }];
      return [{ path, fault: `is no ${issue.expected}`, fix: form }];
    case "invalid_value":
      if (issue.input === undefined) return [{ path, fault: "is missing", fix: `add it; ${form}` }];
      return [
        {
          path,
          fault: `${shown(issue.input)} is not known`,
          fix: `write ${issue.values.map(shown).join(" or ")}`,
        },
      ];
    case "invalid_union": {
      const { options } = issue as { options?: unknown[] };
      const fix = options ? `write ${options.map(shown).join(" or ")}` : form;
      return [{ path, fault: "is of no known kind", fix }];
    }
    default:
      return [{ path, fault: issue.message, fix: form }];
  }
}

const shown = (value: unknown): string => JSON.stringify(value) ?? "nothing";

/** `repositories[3].modules[0].depends` */
function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}
