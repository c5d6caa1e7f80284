import {
  type Marker,
  type MarkerEnvironment,
  type MarkerVariable,
  parseMarker,
} from "../vocab/requirement/index.ts";
import { compareVersions, parseVersion } from "../vocab/version/index.ts";

/** A set of targets, with one bit for each. */
type Targets = bigint;

interface Term {
  readonly targets: Targets;
  /** Comparisons that must all hold. */
  readonly texts: readonly string[];
  /** The cost: longer terms and less familiar variables cost more. */
  readonly cost: number;
}

/** The variables that distinguish targets, the most familiar ones first. */
const variables = [
  "sys_platform",
  "platform_machine",
  "python_version",
  "implementation_name",
  "python_full_version",
] as const satisfies readonly MarkerVariable[];

/** Finds markers for subsets of a fixed list of targets. */
export interface MarkerFinder {
  /**
   * Returns the shortest marker that holds for these targets (indexes in the list) and for no others. `"all"` if these
   * are all targets. Undefined if no marker distinguishes them from the others.
   */
  find(indexes: readonly number[]): Marker | "all" | undefined;
  /** Returns the marker of one target with all variables that distinguish targets, for `environments`. */
  describe(index: number): Marker;
}

export function openMarkerFinder(environments: readonly MarkerEnvironment[]): MarkerFinder {
  const all = (1n << BigInt(environments.length)) - 1n;
  const cached = new Map<Targets, Marker | undefined>();
  let terms: readonly Term[] | undefined;
  return {
    find(indexes) {
      const wanted = indexes.reduce((set, index) => set | (1n << BigInt(index)), 0n);
      if (wanted === all) return "all";
      if (!cached.has(wanted)) {
        terms ??= termsOf(environments, all);
        cached.set(wanted, markerOf(cover(wanted, terms)));
      }
      return cached.get(wanted);
    },
    describe(index) {
      const values = new Set(environments.map((environment) => environment.implementation_name));
      const shown = variables.filter((variable) => {
        if (variable === "python_full_version") return differsOnlyInPatch(environments, index);
        return variable !== "implementation_name" || values.size > 1 || !values.has("cpython");
      });
      return parseMarker(
        shown.map((variable) => `${variable} == '${environments[index]?.[variable]}'`).join(" and "),
      );
    },
  };
}

/** Whether another target differs only in the patch version of its Python. */
function differsOnlyInPatch(environments: readonly MarkerEnvironment[], index: number): boolean {
  const same = (variable: MarkerVariable, other: MarkerEnvironment) =>
    other[variable] === environments[index]?.[variable];
  return environments.some(
    (other) =>
      variables.slice(0, -1).every((variable) => same(variable, other)) &&
      !same("python_full_version", other),
  );
}

/**
 * Returns every conjunction with at most one condition for each variable. Of those that hold for the same targets, it
 * returns the cheapest.
 */
function termsOf(environments: readonly MarkerEnvironment[], all: Targets): readonly Term[] {
  let terms = new Map<Targets, Term>([[all, { targets: all, texts: [], cost: 0 }]]);
  for (const [rank, variable] of variables.entries()) {
    const longer = new Map(terms);
    for (const condition of conditionsOn(variable, rank, environments)) {
      for (const term of terms.values()) {
        const targets = term.targets & condition.targets;
        const cost = term.cost + condition.cost;
        if (targets === 0n || cost >= (longer.get(targets)?.cost ?? Infinity)) continue;
        longer.set(targets, { targets, texts: [...term.texts, ...condition.texts], cost });
      }
    }
    terms = longer;
  }
  return [...terms.values()];
}

function conditionsOn(
  variable: MarkerVariable,
  rank: number,
  environments: readonly MarkerEnvironment[],
): readonly Term[] {
  const where = (holds: (value: string) => boolean): Targets =>
    environments.reduce(
      (set, environment, index) => (holds(environment[variable]) ? set | (1n << BigInt(index)) : set),
      0n,
    );
  const isWhole = variable === "python_full_version";
  // A person who installs from the lock may have another patch version than the target. So the patch version is used
  // only for targets that differ in nothing else.
  const distinguished = isWhole
    ? environments.filter((_, index) => differsOnlyInPatch(environments, index))
    : environments;
  const values = [...new Set(distinguished.map((environment) => environment[variable]))];
  if (values.length < 2) return [];
  const base = 1 + rank / 100;
  const conditions: Term[] = [];
  const add = (targets: Targets, cost: number, ...texts: string[]) =>
    conditions.push({ targets, cost, texts });
  const text = (operator: string, value: string) => `${variable} ${operator} '${value}'`;
  for (const value of values) {
    add(
      where((candidate) => candidate === value),
      base,
      text("==", value),
    );
    add(
      where((candidate) => candidate !== value),
      base + 0.002,
      text("!=", value),
    );
  }
  if (variable !== "python_version") return conditions;
  const sorted = values.toSorted((a, b) => compareVersions(parseVersion(a), parseVersion(b)));
  for (const [low, from] of sorted.entries()) {
    if (low > 0) {
      add(
        where((candidate) => sorted.indexOf(candidate) >= low),
        base + 0.001,
        text(">=", from),
      );
      add(
        where((candidate) => sorted.indexOf(candidate) < low),
        base + 0.001,
        text("<", from),
      );
    }
    for (const [high, to] of sorted.entries()) {
      if (low === 0 || high <= low) continue;
      add(
        where((candidate) => sorted.indexOf(candidate) >= low && sorted.indexOf(candidate) < high),
        2 * base,
        text(">=", from),
        text("<", to),
      );
    }
  }
  return conditions;
}

/**
 * Returns terms that together hold for all wanted targets and for no others. Tries a greedy cover, then all pairs.
 * Undefined if there are none.
 */
function cover(wanted: Targets, terms: readonly Term[]): readonly Term[] | undefined {
  const within = terms.filter(({ targets }) => (targets & ~wanted) === 0n);
  const chosen: Term[] = [];
  for (let left = wanted; left !== 0n; ) {
    const best = mostOf(within, left);
    if (best === undefined) return undefined;
    chosen.push(best);
    left &= ~best.targets;
  }
  const needed = chosen.filter((term, index) => {
    const others = chosen
      .filter((_, otherIndex) => otherIndex !== index)
      .reduce((set, other) => set | other.targets, 0n);
    return others !== wanted || chosen.length === 1 || (term.targets & ~others) !== 0n;
  });
  if (needed.length <= 2) return needed;
  return pairFor(wanted, within) ?? needed;
}

function mostOf(terms: readonly Term[], left: Targets): Term | undefined {
  let best: { readonly term: Term; readonly gain: number } | undefined;
  for (const term of terms) {
    const gain = bits(term.targets & left);
    if (gain === 0) continue;
    if (best === undefined || gain > best.gain || (gain === best.gain && term.cost < best.term.cost)) {
      best = { term, gain };
    }
  }
  return best?.term;
}

function pairFor(wanted: Targets, terms: readonly Term[]): readonly Term[] | undefined {
  let best: { readonly pair: readonly Term[]; readonly cost: number } | undefined;
  for (const [index, one] of terms.entries()) {
    for (const other of terms.slice(index + 1)) {
      const cost = one.cost + other.cost;
      if ((one.targets | other.targets) !== wanted || cost >= (best?.cost ?? Infinity)) continue;
      best = { pair: [one, other], cost };
    }
  }
  return best?.pair;
}

function bits(set: Targets): number {
  let count = 0;
  for (let left = set; left !== 0n; left &= left - 1n) count += 1;
  return count;
}

function markerOf(terms: readonly Term[] | undefined): Marker | undefined {
  if (terms === undefined) return undefined;
  return parseMarker(terms.map(({ texts }) => texts.join(" and ")).join(" or "));
}
