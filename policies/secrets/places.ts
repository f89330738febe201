import type { Input } from "./inputs.ts";

/** Whether `input` is user data, which every process on the machine can read at 169.254.169.254 as long as it lives. */
export function isUserData({ path }: Input): boolean {
  return path.at(-1) === "userData";
}

const texts = new Set(["create", "update", "delete", "triggers", "interpreter", "environment"]);

/** Whether `input` is part of what a command says. It stands in `ps` while it runs, and in the state for good. */
export function isCommandText({ path }: Input, type: string): boolean {
  return type.startsWith("command:") && texts.has(path[0] ?? "");
}
