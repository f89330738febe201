import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../../exit-codes.ts";
import { type Holder, withLock } from "../../operations/lock.ts";
import { projectFolder } from "../support/project-folder.ts";
import { refusalOf } from "../support/user-error.ts";

describe("the lock on a stack", () => {
  const project = projectFolder();
  const folder = (): string => join(project.path(), ".platform", "locks");
  const file = (): string => join(folder(), "prod.json");
  const held = (pid: number): void => {
    mkdirSync(folder(), { recursive: true });
    const holder: Holder = { who: "ada@desk", pid, verb: "up", since: "2026-11-21T10:00:00.000Z" };
    project.write(".platform/locks/prod.json", JSON.stringify(holder));
  };

  it("says who has it, with which verb and since when, and ends with 13", async () => {
    held(process.pid);
    const { exit, message } = await refusalOf(() => withLock("prod", "destroy", () => Promise.resolve()));
    assert.equal(exitCodes[exit], 13);
    assert.equal(
      message,
      `prod: ada@desk is running "platform up" since 2026-11-21T10:00:00.000Z (process ${process.pid})`,
    );
    assert.ok(existsSync(file()), "it stays its holder's");
  });

  it("is taken over from a process that is dead", async () => {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "exit");
    held(child.pid ?? 0);
    assert.equal(await withLock("prod", "up", () => Promise.resolve("mine")), "mine");
  });

  it("names its holder while it is held, and is gone after, also after an error", async () => {
    const run = withLock("prod", "up", () => {
      const { pid, verb } = JSON.parse(readFileSync(file(), "utf8")) as Holder;
      assert.deepEqual([pid, verb], [process.pid, "up"]);
      return Promise.reject(new Error("broken"));
    });
    await assert.rejects(run, /broken/);
    assert.deepEqual(readdirSync(folder()), []);
  });

  it("of somebody else is not taken away at the end", async () => {
    await withLock("prod", "up", () => {
      held(process.ppid);
      return Promise.resolve();
    });
    assert.equal((JSON.parse(readFileSync(file(), "utf8")) as Holder).pid, process.ppid);
  });

  it("lets one of two in at a time, and another stack beside it", async () => {
    await withLock("prod", "up", async () => {
      await refusalOf(() => withLock("prod", "up", () => Promise.resolve()));
      await withLock("staging", "up", () => Promise.resolve());
    });
    assert.deepEqual(readdirSync(folder()), []);
  });
});
