import { execFileSync, spawn } from "node:child_process";
import { json } from "node:stream/consumers";
import { network } from "../../sandbox/machines/addresses.ts";

/** A host of the test's own on the machines' bridge, in a network namespace: it is in no admin network. */
const outsider = { namespace: "odoo-outsider", address: "10.78.200.9" };

/**
 * Which TCP ports of an address answer, all 65,535 tried: from the admin network, which is this computer, or from outside.
 * The one packet in a thousand that a busy computer loses is tried again.
 */
export async function openPorts(address: string, from: "admin" | "outside"): Promise<number[]> {
  if (from === "admin") return await scan([process.execPath], address);
  enter();
  try {
    return await scan(["ip", "netns", "exec", outsider.namespace, process.execPath], address);
  } finally {
    leave();
  }
}

function enter(): void {
  leave();
  const { namespace, address } = outsider;
  const inside = ["netns", "exec", namespace, "ip"];
  ip("netns", "add", namespace);
  ip("link", "add", "odoo-outside", "type", "veth", "peer", "name", "uplink", "netns", namespace);
  ip("link", "set", "odoo-outside", "master", "odoo-sandbox", "up");
  ip(...inside, "address", "add", `${address}/32`, "dev", "uplink");
  ip(...inside, "link", "set", "uplink", "up");
  ip(...inside, "route", "add", "default", "via", network.gateway, "dev", "uplink", "onlink");
  ip("route", "replace", `${address}/32`, "dev", "odoo-sandbox");
}

function leave(): void {
  for (const args of [
    ["link", "delete", "odoo-outside"],
    ["netns", "delete", outsider.namespace],
    ["route", "delete", `${outsider.address}/32`],
  ]) {
    try {
      execFileSync("ip", args, { stdio: "ignore" });
    } catch {
      // It is not there.
    }
  }
}

const ip = (...args: string[]): Buffer => execFileSync("ip", args);

async function scan([command = "", ...args]: string[], address: string): Promise<number[]> {
  const child = spawn(command, [...args, "-e", program, address], { stdio: ["ignore", "pipe", "inherit"] });
  return (await json(child.stdout)) as number[];
}

const program = `
const { connect } = require("node:net");
const [address] = process.argv.slice(1);
const tryOne = (port, timeout = 1000) => new Promise((done) => {
  const socket = connect({ host: address, port, timeout });
  const end = (open) => { socket.destroy(); done(open); };
  socket.on("connect", () => end(true)).on("timeout", () => end(false)).on("error", () => end(false));
});
const open = new Set();
let next = 1;
const worker = async () => {
  while (next <= 65535) { const port = next++; if (await tryOne(port)) open.add(port); }
};
(async () => {
  await Promise.all(Array.from({ length: 6000 }, worker));
  for (const port of [22, 80, 443]) if (!open.has(port) && await tryOne(port, 5000)) open.add(port);
  console.log(JSON.stringify([...open].sort((a, b) => a - b)));
})();
`;
