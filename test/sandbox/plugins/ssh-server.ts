import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";

import ssh2, { type Connection, type SFTPWrapper } from "ssh2";
import { newKeyPair } from "../../../ssh-keys.ts";

/** A machine that can be reached by SSH: commands run in a shell here, files are those of this computer. */
export interface Machine {
  readonly port: number;
  /** What its host key file would say. */
  readonly hostKey: string;
  /** The only key that gets in. */
  readonly privateKey: string;
  /** How many connections there have been. */
  connections(): number;
  /** Cuts those that are open; new ones are taken. */
  cut(): void;
  close(): Promise<void>;
}

/** @param accepts the environment variables that it takes (`AcceptEnv`) */
export async function sshMachine(accepts: (name: string) => boolean = () => true): Promise<Machine> {
  const host = keyPair();
  const user = keyPair();
  const allowed = ssh2.utils.parseKey(user.public);
  if (allowed instanceof Error) throw allowed;
  const open = new Set<Connection>();
  let connections = 0;
  const server = new ssh2.Server({ hostKeys: [host.private] }, (connection) => {
    connections += 1;
    open.add(connection);
    connection.on("error", () => {});
    connection.on("close", () => open.delete(connection));
    connection.on("authentication", (context) => {
      if (context.method !== "publickey" || !context.key.data.equals(allowed.getPublicSSH()))
        return context.reject(["publickey"]);
      if (!context.signature) return context.accept();
      const valid = allowed.verify(context.blob as Buffer, context.signature, context.hashAlgo);
      return valid ? context.accept() : context.reject();
    });
    connection.on("session", (accept) => {
      const session = accept();
      const env: Record<string, string> = {};
      session.on("env", (answer, refuse, { key, val }) => {
        if (!accepts(key)) return refuse?.();
        env[key] = val;
        answer?.();
      });
      session.on("exec", (answer, _refuse, { command }) => {
        const channel = answer();
        const child = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env["PATH"], ...env } });
        channel.pipe(child.stdin);
        child.stdin.on("error", () => {});
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        child.on("close", (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
      session.on("sftp", (answer) => serveFiles(answer()));
    });
    connection.on("tcpip", (accept, _reject, { destPort }) => {
      const channel = accept();
      const socket = connect(destPort, "127.0.0.1");
      channel.pipe(socket).pipe(channel);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: host.public,
    privateKey: user.private,
    connections: () => connections,
    cut: () => {
      for (const connection of open) connection.end();
    },
    close: () =>
      new Promise((resolve) => {
        for (const connection of open) connection.end();
        server.close(() => resolve());
      }),
  };
}

/** ssh2 makes a key now and then that it cannot read itself. */
function keyPair(): { private: string; public: string } {
  for (;;) {
    const pair = newKeyPair();
    const halves = [pair.private, pair.public].map((half) => ssh2.utils.parseKey(half));
    if (!halves.some((half) => half instanceof Error)) return pair;
  }
}

/** As much of SFTP as copying to a machine asks for. */
function serveFiles(sftp: SFTPWrapper): void {
  const { STATUS_CODE, flagsToString } = ssh2.utils.sftp;
  const answer = (id: number, act: () => void): void => {
    try {
      act();
      sftp.status(id, STATUS_CODE.OK);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      sftp.status(id, missing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE);
    }
  };
  sftp.on("STAT", (id, path) => {
    const stats = fs.statSync(path, { throwIfNoEntry: false });
    if (!stats) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    const { mode, uid, gid, size } = stats;
    return sftp.attrs(id, { mode, uid, gid, size, atime: 0, mtime: 0 });
  });
  sftp.on("MKDIR", (id, path) => answer(id, () => fs.mkdirSync(path)));
  sftp.on("OPEN", (id, path, flags) => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(fs.openSync(path, flagsToString(flags) ?? "r"));
    sftp.handle(id, handle);
  });
  sftp.on("WRITE", (id, handle, offset, data) =>
    answer(id, () => void fs.writeSync(handle.readUInt32BE(), data, 0, data.length, offset)),
  );
  sftp.on("FSETSTAT", (id) => sftp.status(id, STATUS_CODE.OK));
  sftp.on("CLOSE", (id, handle) => answer(id, () => fs.closeSync(handle.readUInt32BE())));
}
