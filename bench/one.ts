import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { OdooPlatform } from "../components/odoo-platform.ts";
import { enterStack } from "../operations/engine-env.ts";
import { policyPacks } from "../operations/policy-packs.ts";
import { projectDir } from "../operations/project.ts";
import { loadSettings } from "../settings/load.ts";

// One run of the engine as a whole process, which preview.ts times from outside:
// node bench/one.ts preview|up STACK NUMBER-OF-PLATFORMS PACK,PACK|none
const [kind, stackName = "sandbox", count = "0", packs = "none"] = process.argv.slice(2);

/** Declares so many platforms in one program; none is the empty program that all others are held against. */
async function program(): Promise<void> {
  for (let index = 0; index < Number(count); index += 1) {
    const settings = loadSettings();
    const domain = `odoo-${index}.${settings.platform.zone.name}`;
    new OdooPlatform(`odoo-${index}`, {
      ...settings,
      platform: { ...settings.platform, domain, zone: { ...settings.platform.zone, owned: index === 0 } },
      repositories: settings.repositories.map((one) => ({ ...one, owned: index === 0, protectable: true })),
      addonsPath: [],
      stack: `bench-${index}`,
      release: settings.image,
      last: { release: undefined, secretsDigest: undefined },
    });
  }
}

enterStack(stackName);
const args = { stackName, projectName: "odoo-platform", program };
const stack = await LocalWorkspace.createOrSelectStack(args, { workDir: projectDir() });
const options = {
  policyPacks: policyPacks.filter((pack) => packs.split(",").some((name) => pack.endsWith(name))),
};
await (kind === "up" ? stack.up(options) : stack.preview(options));
