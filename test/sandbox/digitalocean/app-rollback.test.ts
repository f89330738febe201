import assert from "node:assert/strict";
import { Account, at, text } from "./account.ts";
import { create, deployments, spec } from "./sample-app.ts";

describe("the way back of an emulated app", () => {
  it("goes back to an earlier deployment, and holds there until that is committed or reverted", async () => {
    const account = new Account();
    const path = await create(account);
    const [first] = await deployments(account, path);
    await account.must(`PUT ${path}`, { spec: spec("2") });
    account.wait();
    const back = { deployment_id: String(first?.["id"]) };
    const verdict = await account.must(`POST ${path}/rollback/validate`, back);
    assert.deepEqual(
      [verdict["valid"], text(verdict, "warnings", 0, "code")],
      [true, "image_source_missing_digest"],
    );

    const made = at(await account.must(`POST ${path}/rollback`, back), "deployment");
    assert.equal(text(made, "spec", "services", 0, "image", "tag"), "1");
    account.wait();
    assert.equal(
      text(await account.must(`GET ${path}`), "app", "pinned_deployment", "id"),
      String(made["id"]),
    );
    assert.equal((await account.refused(`PUT ${path}`, { spec: spec("3") }))[0], 409);
    assert.equal(
      text(await account.must(`POST ${path}/rollback/validate`, back), "error", "code"),
      "app_pinned",
    );

    await account.must(`POST ${path}/rollback/revert`);
    account.wait();
    const tag = async (): Promise<string> =>
      text(
        await account.must(`GET ${path}`),
        "app",
        "active_deployment",
        "spec",
        "services",
        0,
        "image",
        "tag",
      );
    assert.equal(await tag(), "2");
    await account.must(`POST ${path}/rollback`, back);
    account.wait();
    assert.equal((await account.ask(`POST ${path}/rollback/commit`)).status, 200);
    const app = at(await account.must(`GET ${path}`), "app");
    assert.deepEqual(
      [await tag(), text(app, "spec", "services", 0, "image", "tag"), app["pinned_deployment"]],
      ["1", "1", undefined],
    );
    assert.equal((await account.refused(`POST ${path}/rollback/commit`))[0], 412);
    await account.must(`PUT ${path}`, { spec: spec("3") });
  });

  it("does not go back to what never ran", async () => {
    const account = new Account();
    const path = await create(account);
    account.world.faults.add({ name: "failed-deployment", times: 1 });
    await account.must(`PUT ${path}`, { spec: spec("2") });
    const [newest] = await deployments(account, path);
    const validate = async (): Promise<string> =>
      text(
        await account.must(`POST ${path}/rollback/validate`, { deployment_id: String(newest?.["id"]) }),
        "error",
        "code",
      );
    assert.equal(await validate(), "incompatible_phase");
    account.wait();
    assert.equal(await validate(), "incompatible_result");
    assert.equal(
      (await account.refused(`POST ${path}/rollback`, { deployment_id: String(newest?.["id"]) }))[0],
      422,
    );
    assert.equal((await account.ask(`POST ${path}/rollback`, { deployment_id: "none" })).status, 404);
  });
});
