import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { manifestFile, mountsFile } from "../../../catalog/addons.ts";
import { verifyManifest } from "../../../policies/manifest/verify.ts";

const checkout = join(import.meta.dirname, "../../..");

describe("verifying the manifests of this checkout", () => {
  it("finds nothing, for the series that the sandbox runs", () => {
    const { findings, counts } = verifyManifest(checkout, { series: "19.0", modules: ["base", "web"] });
    assert.deepEqual(findings, []);
    assert.equal(counts.repositories, 19);
    assert.ok(counts.modules >= 80, `${counts.modules} modules`);
    assert.equal(counts.mounts, 19);
  });

  it("tells of the commits that are on another series, without forbidding them", () => {
    const { notices } = verifyManifest(checkout);
    const elsewhere = notices.map(({ path }) => path);
    const { repositories } = JSON.parse(readFileSync(join(checkout, manifestFile), "utf8")) as {
      repositories: { name: string; commitSeries?: string }[];
    };
    const expected = repositories.filter(({ commitSeries }) => commitSeries !== undefined);
    assert.deepEqual(
      elsewhere,
      expected.map(({ name }) => `${manifestFile}: ${name}.commit`),
    );
  });
});

describe("verifying manifests that are broken", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "manifest-"));
    for (const file of [manifestFile, mountsFile]) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      cpSync(join(checkout, file), join(root, file));
    }
  });

  afterEach(() => rmSync(root, { recursive: true }));

  const found = (): string[] =>
    verifyManifest(root).findings.map(
      ({ rule, path, fault, fix }) => `${rule}: ${path}: ${fault}. Fix: ${fix}`,
    );

  /** Changes one file as JSON. */
  function edit(file: string, change: (json: { [key: string]: unknown }) => void): void {
    const json = JSON.parse(readFileSync(join(root, file), "utf8")) as { [key: string]: unknown };
    change(json);
    writeFileSync(join(root, file), JSON.stringify(json));
  }

  const first = (json: { [key: string]: unknown }, list: string) =>
    (json[list] as Record<string, unknown>[])[0] ?? {};

  it("names a file that is missing", () => {
    rmSync(join(root, mountsFile));
    assert.deepEqual(found(), [
      `manifest/valid: ${mountsFile}: is missing. Fix: bring it back: git checkout -- ${mountsFile}`,
    ]);
  });

  it("names both when both are", () => {
    rmSync(join(root, mountsFile));
    rmSync(join(root, manifestFile));
    assert.equal(found().length, 2);
  });

  it("names a file that is none", () => {
    rmSync(join(root, mountsFile));
    mkdirSync(join(root, mountsFile));
    assert.deepEqual(found(), [
      `manifest/valid: ${mountsFile}: cannot be read (EISDIR). Fix: let its owner read it`,
    ]);
  });

  it("says where JSON ends to be JSON", () => {
    writeFileSync(join(root, mountsFile), '{"version": 1,}');
    const [message, ...others] = found();
    assert.match(
      message ?? "",
      /^manifest\/valid: addons\.manifest\.json: is no JSON: .*position 14.*\. Fix: mend it/,
    );
    assert.deepEqual(others, []);
  });

  const form = "docs/manifest.md has its form";

  it("names every fault of form at once, by path", () => {
    edit(manifestFile, (json) => {
      const repository = first(json, "repositories");
      delete repository["series"];
      repository["commit"] = 7;
      repository["comit"] = "a1";
    });
    edit(mountsFile, (json) => {
      first(json, "mounts")["readOnly"] = "yes";
    });
    assert.deepEqual(found(), [
      `manifest/valid: ${manifestFile}: repositories[0].series: is missing. Fix: add it; ${form}`,
      `manifest/valid: ${manifestFile}: repositories[0].commit: is no string. Fix: ${form}`,
      `manifest/valid: ${manifestFile}: repositories[0]: there is no "comit". Fix: take it out; ${form}`,
      `manifest/valid: ${mountsFile}: mounts[0].readOnly: is no boolean. Fix: ${form}`,
    ]);
  });

  it("refuses a form of the future", () => {
    edit(manifestFile, (json) => {
      json["version"] = 2;
    });
    assert.deepEqual(found(), [`manifest/valid: ${manifestFile}: version: 2 is not known. Fix: write 1`]);
  });

  it("refuses a source of no known kind", () => {
    edit(mountsFile, (json) => {
      first(json, "mounts")["source"] = { kind: "tarball", url: "x" };
    });
    assert.deepEqual(found(), [
      `manifest/valid: ${mountsFile}: mounts[0].source.kind: is of no known kind. Fix: write "repository" or "directory"`,
    ]);
  });

  for (const [what, text] of [
    ["a list", "[]"],
    ["nothing", "null"],
    ["a number", "19"],
  ] as const)
    it(`refuses ${what} where a manifest belongs`, () => {
      writeFileSync(join(root, manifestFile), text);
      assert.deepEqual(found(), [`manifest/valid: ${manifestFile}: is no object. Fix: ${form}`]);
    });

  it("finds the modules in a mounted folder of the checkout", () => {
    mkdirSync(join(root, "addons", "platform_ops"), { recursive: true });
    mkdirSync(join(root, "addons", "readme"));
    writeFileSync(join(root, "addons", "platform_ops", "__manifest__.py"), "{}");
    edit(mountsFile, (json) => {
      (json["mounts"] as unknown[]).push({
        name: "ours",
        source: { kind: "directory", directory: "addons" },
        path: "/mnt/extra-addons/ours",
        readOnly: true,
      });
    });
    assert.deepEqual(found(), []);
    const known = verifyManifest(root, { series: "19.0", modules: ["platform_ops", "readme"] }).findings;
    assert.deepEqual(
      known.map(({ rule, fault }) => `${rule}: ${fault}`),
      ["manifest/known-modules: readme is neither in the manifest nor part of Odoo 19.0"],
    );
  });
});
