import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publish } from "../../../operations/evidence/publish.ts";
import type { GitHubRepository } from "../../../operations/github-api.ts";
import { emulatedRepository } from "../../support/emulated-github.ts";
import { projectFolder } from "../../support/project-folder.ts";
import { refusalOf } from "../../support/user-error.ts";

const here = { owner: "acme", repo: "erp" };

async function listed({ octokit }: GitHubRepository, path: string): Promise<string[]> {
  const { data } = await octokit.rest.repos.getContent({ ...here, path, ref: "evidence" });
  return (Array.isArray(data) ? data : [data]).map(({ name }) => name);
}

describe("evidence on its branch", () => {
  const project = projectFolder();
  const evidence = (
    name: string,
    files: Record<string, string> = { "README.md": "# Deployed\n" },
  ): string => {
    const folder = join(project.path(), ".platform", "evidence", name);
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return folder;
  };

  it("is one commit under docs/evidence, on a branch that is made for it and has nothing else", async () => {
    const { repository } = emulatedRepository();
    const files = { "README.md": "# Deployed\n", "evidence.json": "{}\n" };
    const published = await publish(repository, "prod", evidence("20261126-1300", files));
    assert.equal(published.path, "docs/evidence/prod/20261126-1300");
    assert.match(published.url, /\/acme\/erp\/tree\/evidence\/docs\/evidence\/prod\/20261126-1300$/);
    assert.deepEqual(await listed(repository, published.path), Object.keys(files));
    assert.deepEqual(await listed(repository, ""), ["docs"]);
    const commits = await repository.octokit.rest.repos.listCommits({ ...here, sha: "evidence" });
    assert.equal(commits.data.length, 1);
  });

  it("keeps what is there, of this stack and of others", async () => {
    const { repository } = emulatedRepository();
    await publish(repository, "prod", evidence("20261126-1300"));
    await publish(repository, "staging", evidence("20261126-1300"));
    await publish(repository, "prod", evidence("20261126-1400"));
    assert.deepEqual(await listed(repository, "docs/evidence"), ["prod", "staging"]);
    assert.deepEqual(await listed(repository, "docs/evidence/prod"), ["20261126-1300", "20261126-1400"]);
  });

  it("loses nothing of those that come at the same moment, also when the branch is not there yet", async () => {
    const { repository } = emulatedRepository();
    const stacks = ["prod", "staging", "demo"];
    await Promise.all(stacks.map((stack) => publish(repository, stack, evidence("20261126-1300"))));
    assert.deepEqual(await listed(repository, "docs/evidence"), stacks.toSorted());
  });

  it("holds the end of a long log, which stays whole in the folder", async () => {
    const { repository } = emulatedRepository();
    const log = Array.from({ length: 5000 }, (_, index) => `line ${index} of the application\n`).join("");
    const { path } = await publish(repository, "prod", evidence("20261126-1300", { "application.log": log }));
    const { data } = await repository.octokit.rest.repos.getContent({
      ...here,
      path: `${path}/application.log`,
      ref: "evidence",
    });
    assert.ok(!Array.isArray(data) && data.type === "file" && data.size < 66_000);
    const text = Buffer.from(data.content, "base64").toString();
    assert.match(
      text,
      /^\(the end of it\)\nline \d+ of the application\n[^]*line 4999 of the application\n$/,
    );
  });

  it("says what the token lacks", async () => {
    const { repository } = emulatedRepository({ permissions: ["contents=read"] });
    const { exit, message } = await refusalOf(() => publish(repository, "prod", evidence("20261126-1300")));
    assert.equal(exit, "notAuthenticated");
    assert.match(message, /^GitHub answered 403 when the evidence was put onto the branch evidence/);
  });
});
