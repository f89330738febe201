import { gzipSync } from "node:zlib";
import { hostScript } from "../../../components/host-command.ts";
import type { StateResource } from "../../../operations/state.ts";
import { type Declared, readDeclared } from "../../../operations/drift/declared.ts";
import { type Fact, parseFacts } from "../../../operations/drift/facts.ts";

const command = (name: string, stdin: string, stdout = ""): StateResource => ({
  urn: `urn:pulumi:prod::odoo-platform::command:remote:Command::odoo-prod-${name}`,
  type: "command:remote:Command",
  id: name,
  inputs: { stdin },
  outputs: { stdout },
});

/** The state of a stack whose concerns put these files, and whose inventory tells these facts. */
export function stateWith(
  concerns: Record<string, { path: string; text: string; mode?: string; owner?: string }[]>,
  facts: string[],
): StateResource[] {
  const script = (name: string, files: { path: string; text: string }[]): string =>
    hostScript({ name, files, variables: { PLAIN: "it's" }, apply: "echo done" });
  const probe = {
    path: "/usr/local/lib/odoo-platform/drift-probe",
    text: "#!/bin/bash\necho probe\n",
    mode: "0755",
  };
  const packed = gzipSync(facts.join("\n")).toString("base64");
  return [
    ...Object.entries(concerns).map(([name, files]) => command(name, script(name, files))),
    command("inventory", script("inventory", [probe]), `2026-11-26T10:00:00Z ${packed}\n`),
  ];
}

export function declaredBy(...args: Parameters<typeof stateWith>): Declared {
  const declared = readDeclared(stateWith(...args));
  if (!declared) throw new Error("the state tells nothing");
  return declared;
}

export const factsOf = (lines: string[]): Fact[] => parseFacts(lines.join("\n"));
