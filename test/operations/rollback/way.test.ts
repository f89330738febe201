import assert from "node:assert/strict";
import type { Plan } from "../../../operations/deploy/machine.ts";
import { MachineRefusal } from "../../../operations/deploy/machine.ts";
import { type RawUpdate, entriesOf } from "../../../operations/history/entries.ts";
import type { Start } from "../../../operations/rollback/start.ts";
import { pastOf } from "../../../operations/rollback/targets.ts";
import { dataOf, wayOf } from "../../../operations/rollback/way.ts";
import { unseen } from "../../support/in-process.ts";
import { refusalOf } from "../../support/user-error.ts";
import { deployed } from "../history/sample.ts";

/** What lies between what runs and an update of a history, as a machine sees it that would update these modules. */
async function way(updates: RawUpdate[], to: number, modules: string[] | "older") {
  const past = pastOf(entriesOf(updates.toReversed(), "odoo-platform"));
  const point = past.points.find(({ number }) => number === to);
  assert.ok(point);
  const plan = async (): Promise<Plan> => {
    if (modules === "older") throw new MachineRefusal("failed", "the image has older modules");
    const kind = modules.length > 0 ? "modules" : "code";
    return await Promise.resolve({ kind, modules, rehearsalSeconds: null, pulled: false });
  };
  const start = {
    context: { stack: "prod", options: {}, signal: AbortSignal.timeout(60_000) },
    settings: { host: { kind: "droplet" } },
    known: { past },
    reading: { outputs: { hostKind: "droplet" } },
    looks: { ...unseen, unseen: () => undefined, plan },
  } as unknown as Start;
  return { point, start, ...(await wayOf(start, point)) };
}

describe("what stands between what runs and an update", () => {
  const failed = (tag: string) => ({ ...deployed(tag, { modules: ["sale"] }), result: "failed" });

  it("is nothing where the machine would update nothing", async () => {
    const { inTheWay, ahead } = await way([deployed("1"), deployed("2", { modules: ["sale"] })], 1, []);
    assert.deepEqual({ inTheWay, ahead }, { inTheWay: [], ahead: [] });
  });

  it("is named by the update that failed after it had updated modules, not by the one that came up before", async () => {
    const { inTheWay, start, point } = await way([deployed("1"), failed("2")], 1, ["sale"]);
    assert.deepEqual(
      inTheWay.map(({ number, tag }) => ({ number, tag })),
      [{ number: 2, tag: "2" }],
    );
    const { message } = await refusalOf(() => dataOf(start, point, inTheWay));
    assert.match(
      message,
      /^prod: update 2 \(2\) has updated sale in the database, and 1 cannot work with that/,
    );
  });

  it("is done again after a way back with data, where nobody has noted what came before", async () => {
    const unknown = deployed("2");
    const { "odoo-platform:update": _, ...config } = unknown.config ?? {};
    const back = deployed("1", { verb: "rollback", to: 2 }, { data: "20261126T130000Z" });
    const { inTheWay, ahead } = await way([deployed("1"), { ...unknown, config }, back], 2, ["sale"]);
    assert.deepEqual({ inTheWay, ahead }, { inTheWay: [], ahead: ["sale"] });
  });

  it("is the machine's own refusal where an image is older and nobody knows since when", async () => {
    await assert.rejects(() => way([deployed("1"), deployed("2")], 1, "older"), /older modules/);
  });
});
