import { requireTarget } from "../../../operations/import/target.ts";
import type { Settings } from "../../../settings/schema.ts";
import { refusalOf } from "../../support/user-error.ts";
import assert from "node:assert/strict";

/** What it looks at, of whole settings. */
const settings = (environment: string, mail: string, more: object = {}): Settings =>
  ({
    host: { kind: "droplet" },
    database: { kind: "droplet" },
    odoo: { series: "19.0" },
    platform: { environment },
    mail: { kind: mail },
    ...more,
  }) as unknown as Settings;
const refused = async (target: Settings, series: string | undefined = "19.0"): Promise<string> =>
  (await refusalOf(() => requireTarget("stack", target, { series }))).message;

describe("where a backup may come to", () => {
  it("production as it is, and any other that catches every mail", () => {
    requireTarget("prod", settings("production", "mailgun"), { series: "19.0" });
    requireTarget("staging", settings("staging", "catcher"), { series: undefined });
  });

  it("nowhere else, and in no other series", async () => {
    assert.match(await refused(settings("staging", "smtp")), /is not production and lets mail out/);
    assert.match(
      await refused(settings("production", "smtp", { host: { kind: "app" } })),
      /is a managed one/,
    );
    assert.match(
      await refused(settings("production", "smtp"), "17.0"),
      /is of Odoo 17\.0, and stack runs 19\.0/,
    );
  });
});
