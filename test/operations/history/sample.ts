import type { Release } from "../../../components/release.ts";
import type { RawUpdate } from "../../../operations/history/entries.ts";
import type { UpdateRecord } from "../../../operations/overlay.ts";

export const image = (tag: string, more: Partial<Release> = {}): Release => ({
  registry: "ghcr.io",
  repository: "owner/odoo",
  tag,
  ...more,
});

/** Configuration as the CLI tells it; a key without a namespace is the project's. */
export const config = (more: Record<string, unknown> = {}): NonNullable<RawUpdate["config"]> =>
  Object.fromEntries(
    Object.entries({ image: { repository: "owner/odoo" }, ...more }).map(([key, objectValue]) => [
      key.includes(":") ? key : `odoo-platform:${key}`,
      { value: JSON.stringify(objectValue), objectValue, secret: false },
    ]),
  );

/** An update by plain `pulumi`, as `pulumi stack history --json` tells it. */
export const raw = (more: Partial<RawUpdate> = {}): RawUpdate => ({
  version: 0,
  kind: "update",
  startTime: "2026-11-26T13:00:00.000Z",
  endTime: "2026-11-26T13:00:10.000Z",
  message: "",
  environment: { "git.author": "Ada", "git.head": "0123456789abcdef0123456789abcdef01234567" },
  config: config(),
  result: "succeeded",
  resourceChanges: { same: 3, update: 1 },
  ...more,
});

/** An update that a verb made. */
export const deployed = (
  tag: string,
  record: Partial<UpdateRecord> = {},
  more: Partial<Release> = {},
  settings: Record<string, unknown> = {},
): RawUpdate =>
  raw({
    config: config({
      ...settings,
      release: image(tag, more),
      update: { verb: "deploy", by: "ada@laptop", modules: [], ...record },
    }),
  });
