import { sandboxDir } from "../../operations/engine-env.ts";
import { readRun } from "../../sandbox/run.ts";
import { buildTestRelease, checkoutRelease } from "./releases.ts";

/**
 * Builds releases for tests by hand, in the sandbox that runs, and prints each as PLATFORM_RELEASE takes it:
 *
 *   npm run releases -- 1.0.0 1.0.1 1.1.0 1.2.0-broken 1.0.2-crash
 *
 * Without tags it prints the release of the checkout.
 */
const run = readRun(sandboxDir());
if (!run?.machines) throw new Error("no sandbox with machines runs here; `npm start` starts one");
const tags = process.argv.slice(2);
if (tags.length === 0) console.log(JSON.stringify(await checkoutRelease(run)));
for (const tag of tags) console.log(JSON.stringify(await buildTestRelease(run, tag)));
