/** The first JSON document that a page shows, without what every verb's answer has. */
export function exampleOn(page: string): Record<string, unknown> {
  const example = /```json\n(.+?)\n```/s.exec(page)?.[1] ?? "";
  const {
    version: _,
    verb: __,
    stack: ___,
    exit: ____,
    exitCode: _____,
    next: ______,
    ...own
  } = JSON.parse(example) as Record<string, unknown>;
  return own;
}
