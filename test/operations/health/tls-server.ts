import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";

export interface Certificate {
  key: string;
  cert: string;
}

/** A self-signed certificate that begins now; as its own authority it vouches for itself. */
export const certificateFor = (name: string, days: number): Certificate => agedCertificate(name, 0, days);

/** A certificate with a beginning in the past, so that less of its life is left than it had. */
export function agedCertificate(name: string, livedDays: number, leftDays: number): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "platform-tls-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const stamp = (days: number): string =>
      `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
    // `req` of older OpenSSL knows no -not_before, `ca` does.
    execaSync("openssl", [
      ..."req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" "),
      "-subj",
      `/CN=${name}`,
      "-addext",
      `subjectAltName=DNS:${name}`,
      "-keyout",
      key,
      "-out",
      join(folder, "request.pem"),
    ]);
    const config = `[ca]\ndefault_ca=c\n[c]\ndatabase=${folder}/index.txt\nnew_certs_dir=${folder}\nserial=${folder}/serial\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\nemail_in_dn=no\n[p]\ncommonName=supplied\n`;
    execaSync("sh", ["-c", `: >"$1/index.txt"; echo 01 >"$1/serial"; cat >"$1/ca.cnf"`, "sh", folder], {
      input: config,
    });
    execaSync("openssl", [
      "ca",
      "-batch",
      "-notext",
      "-selfsign",
      "-config",
      join(folder, "ca.cnf"),
      "-keyfile",
      key,
      "-in",
      join(folder, "request.pem"),
      "-out",
      cert,
      "-startdate",
      stamp(-livedDays),
      "-enddate",
      stamp(leftDays),
    ]);
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What nginx with Odoo behind it looks like from outside; a test changes one thing. */
export interface Site {
  pages: Record<string, number>;
  /** Status for a websocket's upgrade. */
  websocket: number;
  /** Answers nothing at all. */
  silent: boolean;
}

export async function serve(
  certificate: Certificate,
  site: Site,
): Promise<{ port: number; hosts: string[]; close: () => void }> {
  const hosts: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    hosts.push(request.headers.host ?? "");
    if (site.silent) return;
    response.writeHead(site.pages[request.url ?? ""] ?? 404).end("{}");
  };
  const server: Server = createServer(certificate, answer);
  server.on("upgrade", (request, socket) => {
    if (site.websocket !== 101) {
      socket.end(`HTTP/1.1 ${site.websocket} No\r\nConnection: close\r\n\r\n`);
      return;
    }
    const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hosts,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
