import assert from "node:assert/strict";
import { rules } from "../../../policies/secrets/rules.ts";
import { credentials } from "../fakes.ts";
import { judge } from "../framework.ts";
import { commandOf, dropletOf } from "./declared.ts";

describe("the secrets pack", () => {
  it("takes time that grows with the length of user data and command text", async () => {
    const took = async (length: number): Promise<number> => {
      const text = `#cloud-config\n${"- echo installs package 12 of 4000 # and more\n".repeat(length / 45)}`;
      let best = Infinity;
      for (let run = 0; run < 3; run += 1) {
        const start = process.cpuUsage();
        assert.deepEqual(await judge(rules, dropletOf(text), commandOf({ create: text })), []);
        // Of this process' own time, which hardly goes by what else the computer does.
        const { user, system } = process.cpuUsage(start);
        best = Math.min(best, (user + system) / 1000);
      }
      return best;
    };
    const [small, large] = [await took(100_000), await took(1_000_000)];
    assert.ok(large < small * 30 + 50, `${small} ms for 100 KB, ${large} ms for 1 MB`);
  });

  it("never repeats a value, whichever rule speaks", async () => {
    for (const [, text] of credentials) {
      const everywhere = commandOf({
        create: text,
        stdin: text,
        environment: { A: text },
        triggers: [text],
        userData: text,
      });
      const said = await judge(rules, everywhere, {
        type: "github:index/actionsSecret:ActionsSecret",
        props: { value: text },
      });
      assert.ok(said.length >= 5);
      for (const { message } of said) assert.ok(!message.includes(text.slice(-12)), message);
    }
  });

  it("names each rule after its file", () => {
    assert.deepEqual(
      rules.map(({ name }) => name),
      [
        "secrets/no-plain-text",
        "secrets/user-data",
        "secrets/command-text",
        "secrets/actions-secrets",
        "secrets/open-fields",
        "secrets/no-token-prompt",
      ],
    );
  });
});
