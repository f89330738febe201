import assert from "node:assert/strict";
import type { Difference } from "../../../operations/drift/report.ts";
import { takeUnreadable } from "../../../operations/drift/unreadable.ts";
import type { Deployment } from "../../../operations/state.ts";

const missing = (kind: string): Difference => ({
  where: "vendor",
  kind,
  name: "odoo-prod-filestore",
  since: null,
  what: "missing",
  property: null,
  expected: "there",
  found: null,
  mend: "an update makes it anew",
  fixable: true,
});

describe("what no refresh can take into the state", () => {
  const state = {
    version: 3,
    deployment: {
      manifest: { time: "2026-11-26T13:00:00Z" },
      resources: [
        {
          urn: "urn:pulumi:prod::odoo-platform::pulumi:pulumi:Stack::odoo-platform-prod",
          type: "pulumi:pulumi:Stack",
          outputs: { secretsDigest: "of the settings", url: "https://erp.example.com" },
        },
      ],
    },
  } as unknown as Deployment;

  async function taken(differences: Difference[]) {
    const imported: Deployment[] = [];
    const opened = {
      exportState: () => Promise.resolve(state),
      importState: (one: Deployment) => Promise.resolve(void imported.push(one)),
    };
    const before = await takeUnreadable("prod", opened, differences);
    return { before, imported };
  }

  it("has an app's secrets sent again, when a key of Spaces that they hold is gone", async () => {
    const { before, imported } = await taken([missing("SpacesKey")]);
    assert.deepEqual(imported[0]?.deployment.resources?.[0]?.outputs, {
      secretsDigest: "",
      url: "https://erp.example.com",
    });
    assert.equal(before, state, "what it was, for whoever does not agree");
  });

  it("is nothing where an update alone makes anew what is gone", async () => {
    assert.deepEqual(await taken([missing("Droplet")]), { before: undefined, imported: [] });
  });
});
