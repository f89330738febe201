import { finding, type Finding, stateOf } from "./check.ts";
import { get, type Served, servedCertificate, upgrade } from "./outside.ts";

/** Slower than this, people notice; this slow, they leave. */
const loginMs = { warnLimit: 1500, limit: 10_000 };

/** Whether Odoo answers through nginx, with its database, and shows the page that people log in at. */
export async function checkOdoo(served: Served, signal: AbortSignal): Promise<Finding> {
  const [health, login] = await Promise.all([
    attempt(() => get(served, "/web/health?db_server_status=1", signal)),
    attempt(() => get(served, "/web/login", signal)),
  ]);
  if ("fault" in health) return finding("odoo", "fail", `/web/health: ${health.fault}`);
  if (health.status !== 200)
    return finding(
      "odoo",
      "fail",
      `/web/health?db_server_status=1 answers ${health.status}; see platform logs --of odoo`,
    );
  if ("fault" in login) return finding("odoo", "fail", `/web/login: ${login.fault}`);
  const figure = Math.round(login.ms);
  const measured = { figure, unit: "ms", ...loginMs };
  if (login.status !== 200) {
    const detail = `/web/login answers ${login.status}; see platform logs --of odoo`;
    return finding("odoo", "fail", detail, measured);
  }
  const state = stateOf(figure, loginMs);
  const detail = state === "ok" ? "answers with its database" : "answers slowly";
  return finding("odoo", state, detail, measured);
}

/** Whether live updates work: a real upgrade, as Odoo's client does it. */
export async function checkWebsocket(served: Served, signal: AbortSignal): Promise<Finding> {
  const answer = await attempt(() => upgrade(served, "/websocket", signal));
  if ("fault" in answer) return finding("websocket", "fail", answer.fault);
  const measured = { figure: Math.round(answer.ms), unit: "ms" };
  if (answer.status === 101 && answer.accepted)
    return finding("websocket", "ok", "upgraded with 101", measured);
  const wrong = answer.status === 101 ? "101, but not as a websocket does" : String(answer.status);
  const detail = `/websocket answers ${wrong}; see platform logs --of nginx`;
  return finding("websocket", "fail", detail, measured);
}

const day = 86_400_000;
/** Renewal begins when a third is left; a certificate with less has not been renewed. */
const renewalShare = 1 / 3;
const lastDays = 3;

/** The certificate that is really served: its days, its name and its chain. */
export async function checkCertificate(
  served: Served,
  authorities: readonly string[],
  signal: AbortSignal,
  now: Date = new Date(),
): Promise<Finding> {
  const answer = await attempt(() => servedCertificate(served, authorities, signal));
  if ("fault" in answer) return finding("certificate", "fail", answer.fault);
  const { validFrom, validTo, issuer, distrust } = answer;
  const figure = Math.floor(((validTo.getTime() - now.getTime()) / day) * 10) / 10;
  const lifetime = (validTo.getTime() - validFrom.getTime()) / day;
  const warnLimit = Math.round(lifetime * renewalShare * 10) / 10;
  // A private authority may issue for hours.
  const limit = Math.min(lastDays, Math.round((warnLimit / 2) * 10) / 10);
  const measured = { figure, unit: "days left", warnLimit, limit };
  if (distrust !== undefined) {
    const detail = distrusts[distrust] ?? `is not trusted (${distrust}); issued by ${issuer}`;
    return finding("certificate", "fail", detail, measured);
  }
  if (figure >= warnLimit)
    return finding("certificate", "ok", `issued by ${issuer} for ${served.domain}`, measured);
  const state = figure < limit ? "fail" : "warn";
  const detail = "was not renewed when a third of its time was left; see platform logs --type deploy";
  return finding("certificate", state, detail, measured);
}

const distrusts: Record<string, string> = {
  CERT_HAS_EXPIRED: "has run out; see platform logs --type deploy",
  ERR_TLS_CERT_ALTNAME_INVALID: "is for another name; the domain's own was not served",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is signed by nobody but itself: none was issued yet",
};

/** Whether n8n answers behind its own name. */
export async function checkN8n(served: Served | undefined, signal: AbortSignal): Promise<Finding> {
  if (!served) return finding("n8n", "off", "not set up: services.n8n is not in the settings");
  const answer = await attempt(() => get(served, "/healthz", signal));
  if ("fault" in answer) return finding("n8n", "fail", answer.fault);
  const measured = { figure: Math.round(answer.ms), unit: "ms" };
  return answer.status === 200
    ? finding("n8n", "ok", "answers", measured)
    : finding("n8n", "fail", `/healthz answers ${answer.status}; see platform logs --of n8n`, measured);
}

/** What was asked for, or in a few words why there is no answer. */
async function attempt<T extends object>(ask: () => Promise<T>): Promise<T | { fault: string }> {
  try {
    return await ask();
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

function faultOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === "AbortError" || name === "TimeoutError") return "no answer in time";
  if (code === "ECONNREFUSED") return "nothing listens there";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its name leads nowhere (DNS)";
  return `no answer (${code ?? message})`;
}
