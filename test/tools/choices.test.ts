import assert from "node:assert/strict";
import { SetupError, Unavailable, forPerson, machineFault } from "../../tools/setup/errors.mjs";
import { holds, majorOf } from "../../tools/setup/packages.mjs";
import { duration, step } from "../../tools/setup/progress.mjs";
import { isNewEnough } from "../../tools/setup/pulumi.mjs";
import { lastLines } from "../../tools/setup/run.mjs";
import { firstOpen } from "../../tools/setup/ways.mjs";

const closed = (reason: string) => ({ how: reason, get: () => Promise.reject(new Unavailable(reason)) });
const open = (path: string) => ({ how: `by ${path}`, get: () => Promise.resolve(path) });
const tool = { name: "thing", what: "the thing", wayOut: "buy one" };
const silent = (): void => {};

describe("choosing where a tool comes from", () => {
  it("takes the first way that is open, and asks no other", async () => {
    const ways = [closed("none on PATH"), open("/a"), { how: "never", get: () => assert.fail("asked") }];
    assert.deepEqual(await firstOpen({ ...tool, ways }, silent), { path: "/a", how: "by /a" });
  });

  it("names every reason and the way out when all are closed", async () => {
    const ways = [closed("none on PATH"), closed("no network")];
    await assert.rejects(firstOpen({ ...tool, ways }, silent), (error) => {
      assert.ok(error instanceof SetupError);
      assert.equal(error.message, "the thing cannot be had: none on PATH; no network. Way out: buy one");
      return true;
    });
  });

  it("stops at a fault that the next way would meet too", async () => {
    const full = new SetupError("the disk is full");
    const ways = [{ how: "first", get: () => Promise.reject(full) }, open("/a")];
    await assert.rejects(firstOpen({ ...tool, ways }, silent), full);
  });
});

describe("judging what a machine has", () => {
  it("takes a Pulumi CLI from the pinned minor on", () => {
    for (const version of ["3.256.0", "3.256.9", "v3.300.0", "4.0.0"]) {
      assert.ok(isNewEnough(version, "3.256.7"), version);
    }
    for (const version of ["3.255.9", "2.999.0", "dev", ""]) {
      assert.ok(!isNewEnough(version, "3.256.7"), version);
    }
  });

  it("reads Node's major", () => {
    assert.equal(majorOf("v24.21.0"), 24);
    assert.equal(majorOf("nonsense"), 0);
  });

  it("finds packages that are missing, old, other or too many, but not those of another system", () => {
    const wanted = { a: { version: "1.0.0", integrity: "x" }, b: { version: "2.0.0", optional: true } };
    assert.ok(holds({ a: { version: "1.0.0", integrity: "x" } }, wanted));
    assert.ok(!holds({}, wanted));
    assert.ok(!holds({ a: { version: "1.0.1", integrity: "x" } }, wanted));
    assert.ok(!holds({ a: { version: "1.0.0", integrity: "y" } }, wanted));
    assert.ok(!holds({ ...wanted, c: { version: "1.0.0" } }, wanted));
  });
});

describe("telling a machine's fault from a bug", () => {
  it("knows a full disk and a folder that cannot be written, by a command's words or a call's code", () => {
    assert.match(
      machineFault("npm error code ENOSPC", "/home")?.message ?? "",
      /^the disk that holds \/home is full/,
    );
    for (const code of ["EROFS", "ENOENT"]) {
      const readOnly = Object.assign(new Error("no"), { code, syscall: "mkdir", path: "/home/.pulumi" });
      assert.match(forPerson(readOnly) ?? "", new RegExp(`^/home/\\.pulumi cannot be written \\(${code}\\)`));
    }
  });

  it("takes a file that is missing for a bug, not for a folder that cannot be written", () => {
    const missing = Object.assign(new Error("no"), { code: "ENOENT", syscall: "open", path: "/home/x" });
    assert.equal(forPerson(missing), undefined);
  });

  it("leaves a bug its stack", () => {
    assert.equal(forPerson(new TypeError("x is not a function")), undefined);
  });

  it("quotes the last lines of a command, without npm's warnings", () => {
    assert.equal(lastLines("one\nnpm warn old\n\ntwo\nthree", 2), "two\nthree");
  });
});

describe("showing progress", () => {
  const recorded = (isTTY: boolean) => {
    const written: string[] = [];
    return { written, out: { isTTY, write: (text: string) => written.push(text) } };
  };

  it("writes one line a step where there is no terminal, and one for what is waited for", async () => {
    const { written, out } = recorded(false);
    await step("pulumi", (doing) => (doing("building"), Promise.resolve("built")), out);
    assert.match(written.join(""), /^ {2}pulumi +building …\n {2}pulumi +built +0\.\d\d s\n$/);
  });

  it("overwrites its line on a terminal", async () => {
    const { written, out } = recorded(true);
    await step("pulumi", (doing) => (doing("building"), Promise.resolve("built")), out);
    assert.ok(written.every((text) => text.startsWith("\r\u001B[K")));
    assert.equal(written.join("").split("\n").length, 2);
  });

  it("marks the step that failed and passes the error on", async () => {
    const { written, out } = recorded(false);
    await assert.rejects(
      step("pulumi", () => Promise.reject(new Error("no")), out),
      /no/,
    );
    assert.match(written.join(""), /^ {2}pulumi +failed after 0\.\d\d s\n$/);
  });

  it("gives times in the unit that a person would", () => {
    assert.deepEqual([31, 4_560, 290_300, 119_800].map(duration), [
      "0.03 s",
      "4.6 s",
      "4 min 50 s",
      "2 min 0 s",
    ]);
  });
});
