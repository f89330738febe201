import assert from "node:assert/strict";
import type { Card, Severity } from "../../operations/card.ts";
import { confirm, confirmName } from "../../operations/confirm.ts";
import { silentProgress } from "../../operations/progress.ts";
import type { Context } from "../../operations/verb.ts";
import { verbs } from "../../operations/verbs.ts";
import { refusalOf } from "../support/user-error.ts";

const card = (severity: Severity): Card =>
  ({
    severity,
    dataLost: severity === "severe" ? [{ name: "odoo-volume", type: "Volume" }] : [],
  }) as unknown as Card;

/** A terminal at which somebody answers; it remembers what was asked. */
function terminal(answer: string): { asked: string[]; ask: NonNullable<Context["ask"]> } {
  const asked: string[] = [];
  return { asked, ask: (question) => (asked.push(question), Promise.resolve(answer)) };
}

const context = (ask: Context["ask"], options: Context["options"] = {}): Context => ({
  stack: "prod",
  json: false,
  options,
  progress: silentProgress(),
  signal: new AbortController().signal,
  ask,
});

describe("confirming a mild change", () => {
  it("asks nothing", async () => {
    const { asked, ask } = terminal("n");
    await confirm(context(ask), card("mild"));
    await confirm(context(undefined), card("mild"));
    assert.deepEqual(asked, []);
  });
});

describe("confirming a moderate change", () => {
  for (const answer of ["y", "Y", "yes", " yes "]) {
    it(`takes "${answer}" for a yes`, () => confirm(context(terminal(answer).ask), card("moderate")));
  }

  for (const answer of ["", "n", "no", "yup", "prod"]) {
    it(`takes "${answer}" for a no, which is not done`, async () => {
      const { asked, ask } = terminal(answer);
      const { exit, message } = await refusalOf(() => confirm(context(ask), card("moderate")));
      assert.deepEqual(asked, ["Change prod? [y/N]"]);
      assert.deepEqual([exit, message], ["cancelled", "Not confirmed; nothing was changed."]);
    });
  }

  it("names the flag where there is no terminal, and takes it", async () => {
    const { exit, hint } = await refusalOf(() => confirm(context(undefined), card("moderate")));
    assert.deepEqual([exit, hint], ["badInput", "Add --yes."]);
    await confirm(context(undefined, { yes: true }), card("moderate"));
  });
});

describe("confirming a change that loses data", () => {
  it("wants the stack's name typed, whatever --yes says", async () => {
    const { asked, ask } = terminal("prod");
    await confirm(context(ask, { yes: true }), card("severe"));
    assert.deepEqual(asked, ["Data would be lost (odoo-volume). Type the stack's name to go on"]);
  });

  it("takes another name, or none, for a no", async () => {
    for (const typed of ["staging", "", "y"]) {
      const { exit, message } = await refusalOf(() => confirm(context(terminal(typed).ask), card("severe")));
      assert.deepEqual([exit, message], ["cancelled", `"${typed}" is not "prod"; nothing was changed.`]);
    }
  });

  it("names the flag where there is no terminal, and takes it with the right name only", async () => {
    const { exit, hint } = await refusalOf(() => confirm(context(undefined, { yes: true }), card("severe")));
    assert.deepEqual([exit, hint], ["badInput", "Add --confirm=prod."]);
    await confirmName(context(undefined, { confirm: "prod" }), "This deletes everything.");
    await refusalOf(() => confirm(context(undefined, { confirm: "staging" }), card("severe")));
  });

  it("has its flag on every verb that may ask for it", () => {
    for (const verb of ["up", "destroy", "sandbox up"])
      assert.ok(
        verbs[verb]?.options?.some(({ flags }) => flags.startsWith("--confirm ")),
        verb,
      );
  });
});
