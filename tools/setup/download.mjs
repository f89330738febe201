import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineFault, messageOf, Unavailable } from "./errors.mjs";
import { copyIntoPlace } from "./place.mjs";
import { lastLines, run } from "./run.mjs";

/** A site that does not begin to answer in this time counts as out of reach. */
const patienceSeconds = 8;

/**
 * Asks whether a site can be reached.
 * @param {string} url
 * @throws Unavailable with the reason
 */
export async function reach(url) {
  await get(url, async (response) => response.body?.cancel());
}

/**
 * @template T
 * @param {string} url
 * @param {(response: Response) => Promise<T>} read takes the body, for which there are five minutes
 * @returns {Promise<T>}
 * @throws Unavailable with the reason
 */
async function get(url, read) {
  const { host } = new URL(url);
  const giveUp = new AbortController();
  let timer = setTimeout(() => giveUp.abort(), patienceSeconds * 1000);
  try {
    const response = await fetch(url, { signal: giveUp.signal });
    if (!response.ok) throw new Unavailable(`${host} answers ${response.status}`);
    clearTimeout(timer);
    timer = setTimeout(() => giveUp.abort(), 300_000);
    return await read(response);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    const code = /** @type {{ cause?: { code?: string } }} */ (error).cause?.code ?? messageOf(error);
    throw new Unavailable(
      `${host} cannot be reached (${giveUp.signal.aborted ? "no answer in time" : code})`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Puts one file of a released archive into place, after comparing the archive's digest with the pinned one.
 * @param {{ url: string, sha256: string, member: string }} release
 * @param {string} file
 * @param {import("./progress.mjs").Doing} doing
 */
export async function fromRelease({ url, sha256, member }, file, doing) {
  doing(`downloading ${url}`);
  const archive = Buffer.from(await get(url, (response) => response.arrayBuffer()));
  const digest = createHash("sha256").update(archive).digest("hex");
  if (digest !== sha256) throw new Unavailable(`${url} has the SHA-256 ${digest}, not the pinned one`);
  const folder = mkdtempSync(join(tmpdir(), "platform-set-up-"));
  try {
    writeFileSync(join(folder, "archive.tar.gz"), archive);
    const { ok, output } = await run("tar", ["-xzf", "archive.tar.gz", member], {
      cwd: folder,
      seconds: 120,
    });
    if (!ok)
      throw machineFault(output, folder) ?? new Unavailable(`tar cannot unpack it (${lastLines(output, 1)})`);
    await copyIntoPlace(join(folder, member), file);
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
