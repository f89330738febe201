import { type ManifestCheck, modulesOf, type PlacedModule } from "./check.ts";

/** Odoo loads a module after what it depends on, so none may depend on itself. */
export const acyclic: ManifestCheck = {
  name: "manifest/acyclic",
  description: "No module depends on itself, be it through others.",
  find: (addons) =>
    cyclesOf(new Map(modulesOf(addons).map((module) => [module.name, module]))).map((cycle) => ({
      path: `${cycle[0]?.path}.depends`,
      fault: `goes in a circle: ${[...cycle, ...cycle.slice(0, 1)].map(({ name }) => name).join(" → ")}`,
      fix: "let one of them do without the next",
    })),
};

/** Each circle once, in the order of its dependencies. */
function cyclesOf(modules: ReadonlyMap<string, PlacedModule>): PlacedModule[][] {
  const cycles: PlacedModule[][] = [];
  const done = new Set<string>();
  const visit = (module: PlacedModule, trail: readonly PlacedModule[]): void => {
    const start = trail.indexOf(module);
    if (start >= 0) cycles.push(trail.slice(start));
    if (start >= 0 || done.has(module.name)) return;
    for (const name of module.depends) {
      const next = modules.get(name);
      if (next) visit(next, [...trail, module]);
    }
    done.add(module.name);
  };
  for (const module of modules.values()) visit(module, []);
  return cycles;
}
