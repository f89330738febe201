import type { Looks } from "../../operations/deploy/gate.ts";
import { silentProgress } from "../../operations/progress.ts";
import type { Context, Outcome } from "../../operations/verb.ts";

/** Looks at a platform where a droplet is a row: nothing can be seen, unless a scene says what is. */
export const unseen: Looks = {
  look: async () => await Promise.resolve([]),
  plan: async () => await Promise.resolve(undefined),
  copies: async () => await Promise.resolve([]),
  lost: async () => await Promise.reject(new Error("a row has no data")),
  back: async () => await Promise.resolve(false),
  proof: async () => {
    const at = new Date().toISOString();
    return await Promise.resolve({ newest: { id: "20261126-020000", at }, provenAt: at });
  },
  watch: async () => await Promise.reject(new Error("nobody watches a row")),
  unseen: () => "a droplet is a row here",
};

/** Runs a verb in this process with other eyes, in a world's environment, which is taken off again afterwards. */
export async function withLooks(
  verb: (context: Context, looks: Looks) => Promise<Outcome>,
  env: NodeJS.ProcessEnv,
  stack: string,
  options: Context["options"],
  looks: Looks = unseen,
): Promise<Outcome> {
  const before = { ...process.env };
  replace(env);
  try {
    const signal = AbortSignal.timeout(300_000);
    return await verb(
      { stack, json: true, options, progress: silentProgress(), signal, ask: undefined },
      looks,
    );
  } finally {
    replace(before);
  }
}

function replace(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value;
}
