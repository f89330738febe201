import { type AddressInfo, createServer } from "node:net";
import type { Ports } from "./run.ts";

/** A port that the sandbox wants is taken. */
export class PortInUse extends Error {
  readonly port: number;
  constructor(port: number) {
    super(`port ${port} on 127.0.0.1 is in use`);
    this.port = port;
  }
}

/**
 * @param base the first of eight that follow each other; any free ones when it is 0
 * @throws {PortInUse}
 */
export async function choosePorts(base: number): Promise<Ports> {
  const [digitalocean, github, spaces, control, first, second, third, receivers] = await Promise.all(
    Array.from({ length: 8 }, (_, index) => freePort(base === 0 ? 0 : base + index)),
  );
  if (!digitalocean || !github || !spaces || !control || !first || !second || !third || !receivers)
    throw new Error("too few ports");
  return {
    digitalocean,
    github,
    spaces,
    control,
    plugins: { digitalocean: first, github: second, command: third },
    receivers,
  };
}

/**
 * A port that was free a moment ago.
 * @param port that one, or any when it is 0
 * @throws {PortInUse}
 */
export function freePort(port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new PortInUse(port) : error),
    );
    server.listen(port, "127.0.0.1", () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}

/** Which port a process that ended could not listen at, by what it said: Node's sentence, or Go's. */
export function portOf(said: string): number | undefined {
  const found =
    /address already in use 127\.0\.0\.1:(\d+)|127\.0\.0\.1:(\d+): bind: address already in use/.exec(said);
  return found ? Number(found[1] ?? found[2]) : undefined;
}
