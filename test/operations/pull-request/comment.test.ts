import assert from "node:assert/strict";
import type { Card } from "../../../operations/card.ts";
import { type Told, commentOf, longest, marker } from "../../../operations/pull-request/comment.ts";

const card: Card = {
  stack: "prod",
  environment: "production",
  domain: "erp.example.com",
  account: undefined,
  counts: { create: 0, update: 1, replace: 1, delete: 0, read: 0, unchanged: 40 },
  changes: [
    {
      op: "replace",
      type: "digitalocean:index/droplet:Droplet",
      name: "odoo-prod-droplet",
      properties: ["region"],
    },
    {
      op: "update",
      type: "digitalocean:index/volume:Volume",
      name: "odoo-prod-volume",
      properties: ["size"],
    },
  ],
  replaced: [{ name: "odoo-prod-droplet", type: "digitalocean:index/droplet:Droplet", because: ["region"] }],
  dataLost: [],
  downtime: "several minutes: the droplet is deleted and made anew",
  price: { beforeUsd: 19, afterUsd: 49, budgetUsd: 20 },
  backup: "3 h",
  wayBack: "platform rollback --stack prod",
  severity: "moderate",
};
const preview: Told = { verb: "preview", stack: "prod", exit: "done", card };
const manifest: Told = {
  verb: "manifest verify",
  stack: "sandbox",
  exit: "done",
  findings: [],
  counts: { repositories: 19, modules: 89, mounts: 19 },
};

describe("the comment on a pull request", () => {
  it("for one that replaces the droplet, exceeds the budget and breaks a policy, says so first", () => {
    const violations = [
      {
        policy: "production/budget",
        mandatory: true,
        urn: undefined,
        message: "49.00 USD a month, and 20.00 is the budget",
      },
    ];
    const { comment } = commentOf([
      { ...preview, exit: "policyViolation", violations, error: { code: "policyViolation", message: "x" } },
      manifest,
    ]);
    assert.equal(
      comment,
      `${marker}

## ⛔ Not to be merged: 1 policy violation

|  | prod |
| --- | --- |
| Environment | production, erp.example.com |
| Resources | 1 changed, 1 made anew, 40 as they are |
| Made anew | **odoo-prod-droplet** (region) |
| Data lost | nothing |
| Downtime | several minutes: the droplet is deleted and made anew |
| Price | 49.00 USD a month (+30.00 USD; **over** the budget 20.00 USD) |
| Backup | 3 h |
| Way back | platform rollback --stack prod |

### prod

- ⛔ \`production/budget\`: 49.00 USD a month, and 20.00 is the budget

<details><summary>prod: 2 changes</summary>

\`\`\`\`text
  ± Droplet  odoo-prod-droplet  (region)
  ~ Volume   odoo-prod-volume  (size)
\`\`\`\`

</details>

Addons manifests: in order, 19 repositories, 89 modules, 19 mounts.`,
    );
  });

  it("says when data would be lost, when nothing changes, and when a stack could not be looked at", () => {
    const headline = (...told: Told[]): string | undefined => commentOf(told).comment.split("\n")[2];
    const lost = { ...card, dataLost: [{ name: "v", type: "Volume" }] };
    assert.equal(headline({ ...preview, card: lost }), "## ⚠️ Data would be lost in prod");
    assert.equal(headline(preview), "## Would change prod");
    assert.equal(headline({ ...preview, card: { ...card, changes: [] } }), "## Changes nothing that runs");
    const error = { code: "notAuthenticated", message: "DIGITALOCEAN_TOKEN: is not set" };
    assert.equal(
      headline({ verb: "preview", stack: "prod", exit: "notAuthenticated", error }),
      "## ⛔ Not to be merged: prod could not be previewed",
    );
    const forbidden = { code: "policyViolation", message: "prod breaks a policy" };
    assert.equal(
      headline({ verb: "preview", stack: "prod", exit: "policyViolation", error: forbidden }),
      "## ⛔ Not to be merged: prod could not be previewed",
    );
    const finding = { rule: "manifest/pinned", path: "a", fault: "is not pinned", fix: "pin it" };
    assert.equal(
      headline(preview, { ...manifest, findings: [finding, finding] }),
      "## ⛔ Not to be merged: 2 findings in the manifests",
    );
  });

  it("obeys nothing that others have written", () => {
    const error = {
      code: "failed",
      message: "ask @everyone, [click](https://evil.example) `now`\n\n# Merged",
    };
    const { comment } = commentOf([{ verb: "preview", stack: "prod", exit: "failed", error }]);
    assert.doesNotMatch(comment, /@everyone|(?<!\\)\]\(https|^# Merged/m);
  });

  it("tells an advice once, however many resources it is about", () => {
    const advice = (policy: string, message: string) => ({
      policy,
      mandatory: false,
      urn: "urn::a",
      message,
    });
    const late = "can't run policy: string value can't be known during preview";
    const violations = [advice("a", "think"), advice("a", "think"), advice("b", late), advice("b", late)];
    const { comment } = commentOf([{ ...preview, violations }]);
    assert.match(
      comment,
      /- 💡 `a` \(2 resources\): think\n- 💡 Looked at again by the update, which knows more: `b`/,
    );
  });

  it("fits, whatever there is to tell, and says where the rest is", () => {
    const changes = Array.from({ length: 2000 }, (_, index) => ({
      op: "create" as const,
      type: "a:b:Droplet",
      name: `a-rather-long-name-of-a-resource-${index}`,
      properties: ["one", "another"],
    }));
    const { comment, whole } = commentOf(
      [{ ...preview, card: { ...card, changes } }, manifest],
      "https://run",
    );
    assert.ok(comment.length <= longest, String(comment.length));
    assert.ok(whole.length > longest);
    assert.match(comment, /Would change prod[\s\S]*it is in \[the run's summary\]\(https:\/\/run\)\._$/);
  });
});
