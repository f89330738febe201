import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { tool, root } from "../../tools/paths.ts";
import { combinations } from "../../sandbox/github/actions/plan.ts";
import { readWorkflow } from "../../sandbox/github/actions/workflow-file.ts";
import { Client } from "../sandbox/github/support.ts";
import { jobsOf, latestRun, logOf, repo, running } from "../sandbox/github/actions/support.ts";

const folder = join(root, ".github", "workflows");
const files = [
  ...readdirSync(folder).map((name) => `.github/workflows/${name}`),
  ".github/actions/set-up/action.yml",
  ...["verify_oca_ipai_layout.sh", "verify-addons-mounts.sh", "generate_manifest_evidence"].map(
    (name) => `scripts/${name}`,
  ),
];

/** In the place of the verbs: says what it was called with, and ends as a variable of the verb's name says. */
const platform = `#!/usr/bin/env bash
echo "platform $*"
name=END_$(echo "$1" | tr a-z- A-Z_)
exit "\${!name:-0}"
`;

/** The checkout's workflows in a repository whose verbs end as a scene wants them to. */
async function scene(
  ends: Record<string, string>,
  play: (client: Client) => Promise<void>,
  variables: Record<string, string> = {},
): Promise<void> {
  const texts = Object.fromEntries(files.map((path) => [path, readFileSync(join(root, path), "utf8")]));
  const world = running({
    repositories: [
      { owner: "acme", name: "erp", private: true, variables, files: { ...texts, "bin/platform": platform } },
    ],
  });
  Object.assign(world.runner.config.env, { PLATFORM_SET_UP: "done", ...ends });
  const client = new Client(world.options, { store: world.store });
  try {
    await play(client);
  } finally {
    await world.close();
  }
}

const deploy = async (client: Client, environment = "production") => {
  const client_payload = { environment, image_tag: "1.0.1" };
  await client.post(`${repo}/dispatches`, { event_type: "deploy", client_payload });
  return await latestRun(client);
};

describe("deploy.yml", () => {
  before(() => void tool("act"));

  it("brings what is signed, by its own stack, and keeps the evidence", async () => {
    await scene({}, async (client) => {
      const run = await deploy(client);
      assert.equal(run.text("conclusion"), "success");
      assert.equal(run.text("display_title"), "deploy 1.0.1 to production");
      const log = await logOf(client, run, "deploy");
      assert.match(log, /platform deploy --stack prod --dispatch \S+\/payload\.json --yes/);
      assert.match(log, /platform evidence publish --stack prod/);
    });
  });

  for (const [exit, back] of [
    ["1", "skipped"], // has gone back by itself
    ["2", "skipped"], // refused
    ["3", "skipped"],
    ["5", "skipped"],
    ["9", "skipped"], // took too long: has gone back, or stays as it was well until then
    ["12", "success"], // could not go back
  ] as const)
    it(`that ends with ${exit} ${back === "success" ? "calls rollback.yml" : "leaves it at that"}`, async () => {
      await scene({ END_DEPLOY: exit }, async (client) => {
        const run = await deploy(client, "staging");
        assert.equal(run.text("conclusion"), "failure");
        const name = back === "success" ? "rollback / rollback" : "rollback";
        assert.deepEqual(await jobsOf(client, run), { deploy: "failure", [name]: back });
        if (back === "success")
          assert.match(
            await logOf(client, run, name),
            /platform rollback --stack staging --yes --if-runs 1\.0\.1\n/,
          );
      });
    });

  it("finds the stack of an environment in a variable, or by its name", async () => {
    const variables = { PLATFORM_ENVIRONMENTS: '{"production":"sandbox"}' };
    await scene(
      {},
      async (client) => {
        assert.match(
          await logOf(client, await deploy(client), "deploy"),
          /deploy --stack sandbox --dispatch/,
        );
        assert.match(
          await logOf(client, await deploy(client, "other"), "deploy"),
          /deploy --stack other --dispatch/,
        );
      },
      variables,
    );
  });
});

describe("preview.yml", () => {
  const { preview } = readWorkflow(readFileSync(join(folder, "preview.yml"), "utf8")).jobs ?? {};
  const stacks = (fork: boolean, vars = {}) => {
    const github = { event: { pull_request: { head: { repo: { fork } } } } };
    return combinations(preview ?? {}, { contexts: { github, vars } }).map(({ stack }) => stack);
  };

  it("looks at every stack, and for a fork, which gets no secrets, at the sandbox alone", () => {
    assert.deepEqual(stacks(false), ["staging", "prod"]);
    assert.deepEqual(stacks(false, { PLATFORM_STACKS: '["one"]' }), ["one"]);
    assert.deepEqual(stacks(true, { PLATFORM_STACKS: '["one"]' }), ["sandbox"]);
  });
});

describe("rollback.yml", () => {
  it("goes where it is told, with the data when that is asked for", async () => {
    await scene({}, async (client) => {
      const inputs = { stack: "prod", to: "41", with_data: "true" };
      await client.post(`${repo}/actions/workflows/rollback.yml/dispatches`, { ref: "main", inputs });
      const run = await latestRun(client);
      assert.match(
        await logOf(client, run, "rollback"),
        /platform rollback --stack prod --yes --to 41 --with-data --confirm prod/,
      );
    });
  });
});

describe("up.yml", () => {
  const up = async (client: Client) => {
    await client.post(`${repo}/actions/workflows/up.yml/dispatches`, { ref: "main" });
    return await latestRun(client);
  };

  it("leaves production to a signed deployment, where the plan has no reviewers", async () => {
    await scene({}, async (client) => {
      assert.deepEqual(await jobsOf(client, await up(client)), { staging: "success", production: "skipped" });
    });
  });

  it("brings production after staging, where its environment asks its reviewers", async () => {
    await scene(
      {},
      async (client) => {
        const run = await up(client);
        assert.deepEqual(await jobsOf(client, run), { staging: "success", production: "success" });
        assert.match(await logOf(client, run, "production"), /platform up --stack prod --yes/);
      },
      { PLATFORM_APPROVAL: "environment" },
    );
  });

  it("does not bring to production what staging did not take", async () => {
    await scene(
      { END_UP: "1" },
      async (client) => {
        assert.deepEqual(await jobsOf(client, await up(client)), {
          staging: "failure",
          production: "skipped",
        });
      },
      { PLATFORM_APPROVAL: "environment" },
    );
  });
});

describe("drift.yml and the manifest's", () => {
  const dispatch = async (client: Client, workflow: string) => {
    await client.post(`${repo}/actions/workflows/${workflow}/dispatches`, { ref: "main" });
    return await latestRun(client);
  };

  it("are not red for what their issue tells, and are for what they could not look at", async () => {
    for (const [exit, conclusion] of [
      ["10", "success"],
      ["3", "failure"],
    ] as const)
      await scene({ END_DRIFT: exit }, async (client) => {
        const run = await dispatch(client, "drift.yml");
        assert.deepEqual(await jobsOf(client, run), {
          "drift staging": conclusion,
          "drift prod": conclusion,
        });
      });
  });

  it("nor is backups.yml, for what people are told", async () => {
    for (const [exit, conclusion] of [
      ["10", "success"],
      ["1", "failure"],
    ] as const)
      await scene({ END_BACKUP: exit }, async (client) => {
        const run = await dispatch(client, "backups.yml");
        assert.deepEqual(await jobsOf(client, run), {
          "backups staging": conclusion,
          "backups prod": conclusion,
        });
        assert.match(await logOf(client, run, "backups prod"), /platform backup watch --stack prod/);
      });
  });

  it("look on, and tell, when the manifests are broken", async () => {
    await scene({ END_MANIFEST: "10" }, async (client) => {
      const run = await dispatch(client, "verify-oca-ipai-manifest.yml");
      assert.deepEqual(await jobsOf(client, run), {
        "verify-oca-ipai-manifest": "failure",
        watch: "success",
      });
      assert.match(await logOf(client, run, "watch"), /platform manifest watch/);
    });
  });
});
