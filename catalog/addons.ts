import * as z from "zod/mini";

// zod/mini, since a policy pack loads this on every preview: 20 ms instead of 60.

/** A wheel of the package index: what is installed is exactly these bytes. */
const wheel = z.strictObject({
  kind: z.literal("wheel"),
  /** Name on the index: `odoo-addon-queue_job`. */
  distribution: z.string(),
  /** Of the wheel, 64 hexadecimal digits. */
  sha256: z.optional(z.string()),
});

/** The repository itself, at its commit: for own modules, and for those without a wheel. */
const git = z.strictObject({
  kind: z.literal("git"),
  /** Folder of the module in the repository, its name by default: `addons/ipai_base`. */
  folder: z.optional(z.string()),
});

const addonModule = z.strictObject({
  /** Technical name: `queue_job`. */
  name: z.string(),
  /** The wheel's version, `19.0.2.4.0.1`, or the one in `__manifest__.py` for a module from git. */
  version: z.string(),
  /** As `__manifest__.py` has it: `AGPL-3`. */
  license: z.string(),
  /** Modules that it needs, as `__manifest__.py` has them. */
  depends: z.array(z.string()),
  /** What else it needs, as requirements of pip: `xlsxwriter`, `a2wsgi>=1.10.6`. */
  python: z.optional(z.array(z.string())),
  source: z.discriminatedUnion("kind", [wheel, git]),
});

const repository = z.strictObject({
  /** `queue`; mounts name it by this. */
  name: z.string(),
  /** `https://github.com/OCA/queue`. */
  url: z.string(),
  /** Odoo series of its modules: `19.0`. */
  series: z.string(),
  /** 40 hexadecimal digits. Modules with a wheel record it; modules from git are installed from it. */
  commit: z.optional(z.string()),
  /** The series of the branch that the commit is on, where it is another one. Only for repositories of wheels alone. */
  commitSeries: z.optional(z.string()),
  modules: z.array(addonModule),
});

/** `config/addons_manifest.oca_ipai.json`: which repositories and modules there are. */
export const manifestSchema = z.strictObject({ version: z.literal(1), repositories: z.array(repository) });

const mount = z.strictObject({
  /** `oca-queue`. */
  name: z.string(),
  source: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("repository"), repository: z.string() }),
    /** A folder of this checkout, with modules in it: `addons`. */
    z.strictObject({ kind: z.literal("directory"), directory: z.string() }),
  ]),
  /** Where Odoo finds it, in its container: `/mnt/extra-addons/oca/queue`. */
  path: z.string(),
  readOnly: z.boolean(),
});

/** `addons.manifest.json`: what is mounted, in the order of Odoo's `addons_path`. */
export const mountsSchema = z.strictObject({ version: z.literal(1), mounts: z.array(mount) });

export type AddonModule = z.infer<typeof addonModule>;
export type AddonRepository = z.infer<typeof repository>;
export type AddonMount = z.infer<typeof mount>;

/** Both files, relative to the repository's root. */
export const manifestFile = "config/addons_manifest.oca_ipai.json";
export const mountsFile = "addons.manifest.json";

/** Something that is wrong, where, and the way out. */
export interface AddonFault {
  /** `config/addons_manifest.oca_ipai.json: queue.queue_job.version` */
  path: string;
  fault: string;
  fix: string;
}

/** What both files say. */
export interface Addons {
  repositories: readonly AddonRepository[];
  mounts: readonly AddonMount[];
  /** Modules in each mounted folder of this checkout, by the folder; without the folders that are not there. */
  local: ReadonlyMap<string, readonly string[]>;
  /** Why the files cannot be read; the rest is empty then. */
  faults: readonly AddonFault[];
}
