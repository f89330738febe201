import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { untilOrphaned } from "../until-orphaned.ts";
import { acmePort, names } from "./addresses.ts";
import type { Authority } from "./authority.ts";

export interface AcmeOptions {
  /** Path of pebble. */
  binary: string;
  /** Where its configuration is written. */
  folder: string;
  address: string;
  /** Port of its management interface on the same address. */
  managementPort: number;
  /** Port of the DNS server by which it finds whom it checks. */
  dnsPort: number;
}

/** A running ACME server. */
export interface Acme {
  /** The root of all that it issues, PEM. It is another one at each start. */
  root: string;
  stop(): void;
}

/**
 * Starts Pebble, a real ACME server, which asks the names that it certifies on port 80 as Let's Encrypt does, and refuses
 * one nonce of twenty, as any ACME server may.
 *
 * @throws Error with what it said, when it does not answer within ten seconds
 */
export async function startAcme(authority: Authority, options: AcmeOptions): Promise<Acme> {
  const { binary, folder, address, managementPort, dnsPort } = options;
  const { certificate, key } = await authority.issue(names.acme);
  const pebble = {
    listenAddress: `${address}:${acmePort}`,
    managementListenAddress: `${address}:${managementPort}`,
    certificate,
    privateKey: key,
    httpPort: 80,
    tlsPort: 443,
    externalAccountBindingRequired: false,
    keyAlgorithm: "ecdsa",
    // Older versions know no profiles.
    certificateValidityPeriod: 7_776_000,
    profiles: { default: { description: "Ninety days, as Let's Encrypt's", validityPeriod: 7_776_000 } },
  };
  const config = join(folder, "pebble.json");
  writeFileSync(config, JSON.stringify({ pebble }));
  const args = [binary, "-config", config, "-dnsserver", `${address}:${dnsPort}`];
  const child = spawn("sh", ["-c", untilOrphaned, "sh", ...args], {
    stdio: ["pipe", "ignore", "pipe"],
    // It would wait some seconds before each check, to be more like a distant one.
    env: { PATH: process.env["PATH"], PEBBLE_VA_NOSLEEP: "1" },
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  for (let tried = 0; child.exitCode === null && tried < 100; tried += 1) {
    try {
      const root = await rootOf(address, managementPort, authority.certificate);
      return { root, stop: () => child.stdin.end() };
    } catch {
      await sleep(100);
    }
  }
  child.stdin.end();
  throw new Error(`the ACME server did not start: ${said}`);
}

async function rootOf(host: string, port: number, ca: string): Promise<string> {
  const asked = request({ host, port, path: "/roots/0", ca, servername: names.acme });
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return await text(answer);
}

/** Every root that the world's ACME servers ever had, and the world's own authority: what a browser must trust. */
export function keepRoots(file: string, authority: string, root: string): void {
  let known = authority;
  try {
    known = readFileSync(file, "utf8");
  } catch {
    // The first one.
  }
  if (!known.includes(root.trim())) known = `${known.trimEnd()}\n${root.trim()}\n`;
  writeFileSync(file, known);
}
