import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { WebSocket } from "ws";
import type { Target } from "./load.ts";

/** How a group of websockets fared. */
export interface SocketFigures {
  closed: number;
  /** Of these, without a closing frame: the connection was simply gone. */
  cut: number;
  /** The longest time until a closed one was open again, in milliseconds. */
  gap: number;
  /** Attempts to open one that were answered by anything but 101. */
  refused: number;
  /** Not open when all was over. */
  unopened: number;
}

/** With the session that a browser has. */
export interface SocketTarget extends Omit<Target, "login"> {
  cookie: string;
}

export interface Sockets {
  close(): SocketFigures;
}

/** RFC 6455, 7.1.5: what a client notes when there was no closing frame. */
const withoutFarewell = 1006;

/** Opens websockets, and opens each anew when it is closed, as Odoo's page does. */
export async function openSockets(target: SocketTarget, count: number): Promise<Sockets> {
  const figures: SocketFigures = { closed: 0, cut: 0, gap: 0, refused: 0, unopened: 0 };
  const sockets = new Map<number, WebSocket>();
  const all = { over: false };

  const keep = async (index: number): Promise<void> => {
    const since = performance.now();
    let socket = dial(target);
    // By a little and not at random: what is counted is the server, not the client's patience.
    while (!(await opened(socket)) && !all.over) {
      figures.refused += 1;
      await sleep(200);
      socket = dial(target);
    }
    if (all.over) return socket.terminate();
    if (sockets.has(index)) figures.gap = Math.max(figures.gap, performance.now() - since);
    sockets.set(index, socket);
    socket.on("close", (code) => {
      if (all.over) return;
      figures.closed += 1;
      if (code === withoutFarewell) figures.cut += 1;
      void keep(index);
    });
    return undefined;
  };

  await Promise.all(Array.from({ length: count }, (_, index) => keep(index)));
  return {
    close: () => {
      all.over = true;
      for (const socket of sockets.values()) {
        if (socket.readyState !== WebSocket.OPEN) figures.unopened += 1;
        socket.terminate();
      }
      return figures;
    },
  };
}

function dial({ address, domain, port = 443, ca, cookie }: SocketTarget): WebSocket {
  const socket = new WebSocket(`wss://${domain}:${port}/websocket`, {
    createConnection: () => connect({ host: address, port, servername: domain, ca }),
    origin: `https://${domain}`,
    headers: { cookie },
    handshakeTimeout: 10_000,
  });
  // What is wrong with it shows as a close.
  socket.on("error", () => {});
  return socket;
}

const opened = async (socket: WebSocket): Promise<boolean> =>
  await new Promise((resolve) => {
    socket.once("open", () => resolve(true));
    socket.once("close", () => resolve(false));
  });
