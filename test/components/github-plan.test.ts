import assert from "node:assert/strict";
import { canProtect } from "../../components/github-plan.ts";
import { httpServer } from "../support/http-server.ts";
import { refusalOf } from "../support/user-error.ts";

const upgrade = "Upgrade to GitHub Pro or make this repository public to enable this feature.";

describe("whether a plan can protect a repository", () => {
  let status = 200;
  let message = "";
  const hub = httpServer(() => ({ status, body: { message }, headers: { "retry-after": "0" } }));
  const ask = (): Promise<boolean> => canProtect("acme", "erp", { baseUrl: `${hub.address()}/`, token: "t" });

  it("is a yes when GitHub lists its rules", async () => {
    [status, message] = [200, ""];
    assert.equal(await ask(), true);
    assert.deepEqual(hub.asked.at(-1), "GET /api/v3/repos/acme/erp/rulesets?per_page=1");
  });

  it("is a no when GitHub asks for an upgrade", async () => {
    [status, message] = [403, upgrade];
    assert.equal(await ask(), false);
  });

  for (const [answer, exit, fault] of [
    [
      [401, "Bad credentials"],
      "notAuthenticated",
      /does not accept the token \(401 Bad credentials\); set GITHUB_TOKEN/,
    ],
    [[404, "Not Found"], "badInput", /^acme\/erp: there is no such repository on GitHub; check repositories/],
    [
      [403, "Resource not accessible by personal access token"],
      "notAuthenticated",
      /^acme\/erp: the token may not read its rules \(Resource not accessible/,
    ],
    [[503, "maintenance"], "failed", /^acme\/erp: GitHub answered 503 maintenance; try again$/],
  ] as const) {
    it(`is never guessed from ${answer.join(" ")}`, async () => {
      [status, message] = answer;
      const error = await refusalOf(ask);
      assert.equal(error.exit, exit);
      assert.match(error.message, fault);
    });
  }

  it("is never guessed when nothing answers", async () => {
    const access = { baseUrl: "http://127.0.0.1:9", token: "t" };
    const { exit, message: said } = await refusalOf(() => canProtect("acme", "erp", access));
    assert.equal(exit, "failed");
    assert.equal(
      said,
      "GitHub does not answer at http://127.0.0.1:9; is the network up, GITHUB_BASE_URL right?",
    );
  });

  it("is never guessed from an address that is none", async () => {
    const { exit, message: said } = await refusalOf(() =>
      canProtect("acme", "erp", { baseUrl: "github.example.com", token: "t" }),
    );
    assert.deepEqual(
      [exit, said],
      [
        "badInput",
        'GITHUB_BASE_URL: "github.example.com" is not an address; write it like https://github.example.com/, or unset it',
      ],
    );
  });

  for (const end of ["", "/", "/api/v3", "/api/v3/"]) {
    it(`asks an Enterprise Server below /api/v3 when it is named as HOST${end}`, async () => {
      [status, message] = [200, ""];
      await canProtect("acme", "erp", { baseUrl: `${hub.address()}${end}`, token: undefined });
      assert.equal(hub.asked.at(-1), "GET /api/v3/repos/acme/erp/rulesets?per_page=1");
    });
  }
});
