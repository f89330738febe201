import { detect } from "../policies/secrets/detect.ts";

const line = "ODOO_SETTING_NUMBER=value-of-some-length # a line of user data, as long as such lines are\n";

/** The secrets pack's detector over one input of several sizes: the time must grow with the size, no faster. */
export async function detectLargeInput(): Promise<{ kb: number; ms: number }[]> {
  const results: { kb: number; ms: number }[] = [];
  for (const kb of [10, 100, 1000]) {
    const text = line.repeat(Math.ceil((kb * 1024) / line.length));
    const started = performance.now();
    await detect(text, "exposed");
    results.push({ kb, ms: Math.round(performance.now() - started) });
  }
  return results;
}
