import assert from "node:assert/strict";
import { Account, at, list, text } from "./account.ts";

const facts = { name: "odoo", description: "ERP", purpose: "Web Application", environment: "production" };

describe("an emulated project", () => {
  it("holds what is assigned to it; what is new goes to the default one", async () => {
    const account = new Account();
    const urn = `do:droplet:${String((await account.droplet())["id"])}`;
    const urns = async (project: string): Promise<string[]> =>
      list(await account.must(`GET /projects/${project}/resources?page=1&per_page=200`), "resources").map(
        (one) => String(one["urn"]),
      );
    assert.deepEqual(await urns("default"), [urn]);
    const { id } = at(await account.must("POST /projects", facts), "project");
    const answered = await account.must(`POST /projects/${String(id)}/resources`, { resources: [urn] });
    assert.equal(text(answered, "resources", 0, "status"), "assigned");
    assert.deepEqual([await urns("default"), await urns(String(id))], [[], [urn]]);
    await account.must(`DELETE /droplets/${urn.slice("do:droplet:".length)}`);
    assert.deepEqual(await urns(String(id)), []);
  });

  it("cannot be deleted while it holds something, in the sentence that the plugin waits on", async () => {
    const account = new Account();
    const urn = `do:volume:${String((await account.volume())["id"])}`;
    const { id } = at(await account.must("POST /projects", facts), "project");
    await account.must(`POST /projects/${String(id)}/resources`, { resources: [urn] });
    const [status, message] = await account.refused(`DELETE /projects/${String(id)}`);
    assert.equal(status, 412);
    assert.match(message, /^cannot delete a project with resources/);
    await account.must("POST /projects/default/resources", { resources: [urn] });
    assert.equal((await account.ask(`DELETE /projects/${String(id)}`)).status, 204);
  });

  it("takes the urn of a dead droplet without an error, and forgets it", async () => {
    const account = new Account();
    const { status, body } = await account.ask("POST /projects/default/resources", {
      resources: ["do:droplet:12", "do:volume:gone"],
    });
    assert.equal(status, 200);
    assert.deepEqual(
      list(body, "resources").map((one) => String(one["status"])),
      ["not_found", "not_found"],
    );
    assert.equal(list(await account.must("GET /projects/default/resources"), "resources").length, 0);
  });

  it("lists a reserved address under its older name, and will not part it from its droplet", async () => {
    const account = new Account();
    const { id: droplet } = await account.upDroplet();
    const { ip } = at(await account.must("POST /reserved_ips", { droplet_id: droplet }), "reserved_ip");
    account.wait();
    const { id } = at(await account.must("POST /projects", facts), "project");
    const move = (resources: string[]) =>
      account.ask(`POST /projects/${String(id)}/resources`, { resources });
    const alone = await move([`do:reservedip:${String(ip)}`]);
    assert.deepEqual(
      [alone.status, alone.body["message"]],
      [412, "Cannot move a Reserved IP with an associated droplet"],
    );
    assert.equal((await move([`do:reservedip:${String(ip)}`, `do:droplet:${String(droplet)}`])).status, 200);
    const listed = list(await account.must(`GET /projects/${String(id)}/resources`), "resources").map((one) =>
      String(one["urn"]),
    );
    assert.deepEqual(listed, [`do:droplet:${String(droplet)}`, `do:floatingip:${String(ip)}`]);
  });

  it("remembers buckets, which it cannot see", async () => {
    const account = new Account();
    const { id } = at(await account.must("POST /projects", facts), "project");
    await account.must(`POST /projects/${String(id)}/resources`, { resources: ["do:space:backups"] });
    assert.equal(
      text(await account.must(`GET /projects/${String(id)}/resources`), "resources", 0, "urn"),
      "do:space:backups",
    );
  });

  it("is changed in parts, and one is always the default", async () => {
    const account = new Account();
    const { id } = at(await account.must("POST /projects", facts), "project");
    const changed = at(
      await account.must(`PATCH /projects/${String(id)}`, { name: "odoo2", is_default: true }),
      "project",
    );
    assert.deepEqual(
      [
        changed["name"],
        changed["description"],
        changed["purpose"],
        changed["environment"],
        changed["is_default"],
      ],
      ["odoo2", "ERP", facts.purpose, "Production", true],
    );
    const all = list(await account.must("GET /projects"), "projects");
    assert.deepEqual(
      all.map((one) => one["is_default"]),
      [false, true],
    );
    assert.equal((await account.refused(`DELETE /projects/${String(id)}`))[0], 409);
    assert.equal((await account.refused("POST /projects", { ...facts, environment: "test" }))[0], 422);
    assert.equal((await account.refused("POST /projects", { ...facts, name: "odoo2" }))[0], 409);
  });
});
