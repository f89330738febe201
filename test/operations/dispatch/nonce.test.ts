import assert from "node:assert/strict";
import { useNonce } from "../../../operations/dispatch/nonce.ts";
import { emulatedRepository } from "../../support/emulated-github.ts";
import { refusalOf } from "../../support/user-error.ts";

const nonce = "0123456789abcdef0123456789abcdef";

describe("the nonce of a dispatch", () => {
  it("is good for one time", async () => {
    const { repository } = emulatedRepository();
    await useNonce(repository, nonce);
    const { exit, message } = await refusalOf(() => useNonce(repository, nonce));
    assert.deepEqual(
      [exit, message],
      ["notAuthenticated", "the dispatch was used before; each is good for one time"],
    );
    await useNonce(repository, nonce.replace("0", "1"));
  });

  it("is won by one of those that come at the same moment", async () => {
    const { repository } = emulatedRepository();
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => useNonce(repository, nonce)));
    assert.equal(all.filter(({ status }) => status === "fulfilled").length, 1);
  });

  it("is no push, for which workflows would run", async () => {
    const { repository, events } = emulatedRepository();
    await useNonce(repository, nonce);
    assert.deepEqual(events, []);
  });

  it("is not used when GitHub does not answer, and nothing is deployed", async () => {
    const { repository, world } = emulatedRepository();
    world.faults.add({ name: "server-error", vendor: "github" });
    assert.match((await refusalOf(() => useNonce(repository, nonce))).message, /nothing was deployed/);
    world.faults.clear();
    await useNonce(repository, nonce);
  });

  it("asks for a token that may write", async () => {
    const { repository } = emulatedRepository({ permissions: ["contents=read"] });
    const { exit, message } = await refusalOf(() => useNonce(repository, nonce));
    assert.equal(exit, "notAuthenticated");
    assert.match(message, /^GitHub answered 403 when asked to keep the dispatch's nonce/);
  });
});
