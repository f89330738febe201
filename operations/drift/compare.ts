import { type Declared, isCandidate } from "./declared.ts";
import type { Fact } from "./facts.ts";
import { kindOf, kinds } from "./kinds.ts";
import { type Mend, mendOf } from "./mend.ts";
import type { Difference } from "./report.ts";

/** A difference inside of the machine, and what is done about it. */
export interface MachineDifference extends Difference {
  way: Mend;
}

export interface Compared {
  /** Facts that were compared. */
  facts: number;
  differences: MachineDifference[];
}

// They go by themselves, each when it has done its work.
const goes = /^\/run\/|^\/etc\/odoo-platform\/secrets\/odoo\/admin-password$/;
const passing = (path: string): boolean => goes.test(path) || isCandidate(path);

/**
 * What a machine tells, against what it is meant to be: its files as they were sent, all else as it was when the last update
 * had come to its end.
 */
export function compare(declared: Declared, found: readonly Fact[]): Compared {
  const sent = new Map(declared.files.map((file) => [file.path, file]));
  const expected = new Map<string, Fact>();
  for (const fact of declared.facts)
    if (kindOf(fact.kind) && !(fact.kind === "file" && passing(fact.name))) expected.set(keyOf(fact), fact);
  for (const { path, value } of declared.files) {
    const fact = { kind: "file", name: path, value, since: null };
    if (!passing(path)) expected.set(keyOf(fact), fact);
  }
  const unknown = found.filter(({ kind }) => kind === "unknown");
  const blind = new Set(unknown.map(({ name }) => name));
  const seen = (fact: Fact): boolean => {
    const kind = kindOf(fact.kind);
    return kind !== undefined && !blind.has(kind.section) && !(fact.kind === "file" && passing(fact.name));
  };
  const actual = new Map(found.filter(seen).map((fact) => [keyOf(fact), fact]));
  const mend = (fact: Fact, what: Difference["what"], values: Values): Mend =>
    mendOf(fact, what, values, (path) => sent.get(path)?.concern);
  const differences = [...expected.values()]
    .filter(seen)
    .map((fact) => difference(fact, actual.get(keyOf(fact)), mend))
    .concat(
      [...actual.values()]
        .filter((fact) => !expected.has(keyOf(fact)))
        .map((fact) => difference(undefined, fact, mend)),
    )
    .filter((one) => one !== undefined);
  return {
    facts: new Set([...expected.keys(), ...actual.keys()]).size,
    differences: [...unknown.map(untold), ...whole(differences)].sort(byKind),
  };
}

/** What is expected and what was found. */
type Values = [string | undefined, string | undefined];

const keyOf = ({ kind, name }: Fact): string => `${kind}\t${name}`;

function difference(
  expected: Fact | undefined,
  found: Fact | undefined,
  mend: (fact: Fact, what: Difference["what"], values: Values) => Mend,
): MachineDifference | undefined {
  const fact = found ?? expected;
  if (!fact || expected?.value === found?.value) return undefined;
  // Whoever runs Odoo installs modules; only what is left half done is nobody's will.
  if (fact.kind === "module" && !expected && found?.value === "installed") return undefined;
  const what = !expected ? "extra" : !found ? "missing" : "changed";
  const way = mend(fact, what, [expected?.value, found?.value]);
  const { kind, name } = fact;
  return {
    where: "machine",
    kind,
    name,
    what,
    property: null,
    way,
    mend: way.mend,
    expected: expected ? shown(expected) : null,
    found: found ? shown(found) : null,
    since: found?.since ?? null,
    fixable: (way.concern ?? way.aside ?? way.run) !== undefined,
  };
}

function untold({ name, value }: Fact): MachineDifference {
  const kind = Object.entries(kinds).find(([, { section }]) => section === name)?.[0] ?? name;
  const mend = "look at the machine, then run it again";
  return {
    where: "machine",
    kind,
    name: "all of it",
    what: "changed",
    property: null,
    since: null,
    expected: "known",
    found: `not known: ${value}`,
    way: { mend },
    mend,
    fixable: false,
  };
}

const longest = 300;

/** Digests short, those of secrets and passwords not at all. */
function shown({ kind, name, value }: Fact): string {
  if (kindOf(kind)?.hidden) return value.split(" ")[0] ?? "";
  if (kind === "file" && name.includes("/secrets")) return value.replace(/^[0-9a-f]{64}/, "its content");
  const text = value.replaceAll(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, "$1…");
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** A container that is gone, or that nobody knows, is one difference and not ten. */
function whole(all: MachineDifference[]): MachineDifference[] {
  const [containers, rest] = [
    all.filter(({ kind }) => kind === "container"),
    all.filter(({ kind }) => kind !== "container"),
  ];
  const byName = Map.groupBy(containers, ({ name }) => name.split(": ")[0] ?? name);
  return [...byName]
    .flatMap(([name, rows]) => {
      const [first] = rows;
      if (!first || rows.some(({ what }) => what !== first.what) || first.what === "changed") return rows;
      const image = rows.find((row) => row.name === `${name}: image`) ?? first;
      return [{ ...image, name }];
    })
    .concat(rest);
}

const order = Object.keys(kinds);
const byKind = (a: MachineDifference, b: MachineDifference): number =>
  order.indexOf(a.kind) - order.indexOf(b.kind) || a.name.localeCompare(b.name);
