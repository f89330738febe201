import assert from "node:assert/strict";
import { pages } from "./page.ts";

const kit = "spec/ipai-odoo-devops-agent";
const textOf = (path: string): string => pages.find((page) => page.path === path)?.text ?? "";

/** Rows of the task tables: number, and the cells after it. */
const tasks = [...textOf(`${kit}/tasks.md`).matchAll(/^\| ([TP]\d+\.\d+) +\|(.*)\|$/gm)].map(
  ([, number = "", cells = ""]) => ({ number, cells: cells.split("|").map((cell) => cell.trim()) }),
);

describe("the spec kit", () => {
  for (const name of ["constitution", "prd", "plan", "tasks"]) {
    it(`has its ${name}`, () => assert.match(textOf(`${kit}/${name}.md`), /^# \S.*\n\n\S/));
  }

  it("gives every task a status, and where it is done", () => {
    const wrong = tasks.filter(({ cells: [what, status = "", where] }) => {
      const known = ["done", "partly", "open"].includes(status);
      return what === "" || !known || (status !== "open" && where === "");
    });
    assert.deepEqual(wrong, []);
  });

  it("names every task that the team began with, once", () => {
    const phases = [3, 4, 3, 5, 3, 4, 4];
    const began = phases.flatMap((count, phase) =>
      Array.from({ length: count }, (_, index) => `T${phase}.${index + 1}`),
    );
    const numbers = tasks.map(({ number }) => number);
    assert.deepEqual(numbers.filter((number) => number.startsWith("T")).toSorted(), began);
    assert.equal(new Set(numbers).size, numbers.length);
  });
});

describe("what an agent in a clone is told", () => {
  it("has the secrets policy as its second section", () => {
    const headings = textOf("CLAUDE.md").match(/^## .*/gm);
    assert.equal(headings?.[1], "## 2. Secrets & Tokens Policy");
  });
});
