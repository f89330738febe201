import type { Outcome, Run } from "./verb.ts";
export const run: Run = async (): Promise<Outcome> => ({ json: {}, text: "" });
