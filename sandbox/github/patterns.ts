import { matchesGlob } from "node:path";

/** Whether a branch's name matches a protection's pattern: `fnmatch` with FNM_PATHNAME, so `*` stops at a slash. */
export function matchesPattern(pattern: string, branch: string): boolean {
  return pattern === branch || matchesGlob(branch, pattern);
}
