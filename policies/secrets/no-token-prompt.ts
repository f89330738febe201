import { detectPrompts, lineOf } from "./detect.ts";
import { inputRule } from "./input-rule.ts";

/** Nothing that is declared asks a person for a token: what is typed at a question ends up in histories and chats. */
export const noTokenPrompt = inputRule({
  name: "secrets/no-token-prompt",
  description: "Nothing asks a person for a token.",
  concerns: ({ isUnknown }) => !isUnknown,
  check: async ({ inputs }, report) => {
    for (const input of inputs) {
      const [first] = detectPrompts(input.value);
      if (!first) continue;
      const where = `asks a person for a token, at line ${lineOf(input.value, first.index)}`;
      report(
        input,
        where,
        "read the token from the environment or from a secret of the stack, and fail without it",
      );
    }
  },
});
