import type { Call } from "../call.ts";
import { noContent, ok, type Answer, type Operations } from "../operation.ts";
import { Refusal } from "../refusals.ts";
import type { Repository } from "../rows/repositories.ts";

const alerts = "/repos/{owner}/{repo}/vulnerability-alerts" as const;
const fixes = "/repos/{owner}/{repo}/automated-security-fixes" as const;

/** Dependabot's alerts and the pull requests that it opens for them. */
export const security: Operations = {
  "repos/check-vulnerability-alerts": {
    route: `GET ${alerts}`,
    needs: "administration=read",
    answer(call) {
      if (call.repository.vulnerability_alerts) return noContent;
      throw new Refusal("not-found", { message: "Vulnerability alerts are disabled." });
    },
  },

  "repos/enable-vulnerability-alerts": {
    route: `PUT ${alerts}`,
    needs: "administration=write",
    answer: (call) => set(call, { vulnerability_alerts: true }),
  },

  "repos/disable-vulnerability-alerts": {
    route: `DELETE ${alerts}`,
    needs: "administration=write",
    // Without alerts there is nothing to fix.
    answer: (call) => set(call, { vulnerability_alerts: false, automated_security_fixes: false }),
  },

  "repos/check-automated-security-fixes": {
    route: `GET ${fixes}`,
    needs: "administration=read",
    answer: (call) => ok({ enabled: call.repository.automated_security_fixes, paused: false }),
  },

  "repos/enable-automated-security-fixes": {
    route: `PUT ${fixes}`,
    needs: "administration=write",
    answer: (call) => set(call, { automated_security_fixes: true }),
  },

  "repos/disable-automated-security-fixes": {
    route: `DELETE ${fixes}`,
    needs: "administration=write",
    answer: (call) => set(call, { automated_security_fixes: false }),
  },
};

function set(call: Call, fields: Partial<Repository>): Answer {
  call.hub.tables.repositories.put(call.repository.id, { ...call.repository, ...fields });
  return noContent;
}
