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

/** What targets are told apart by, in the order in which people think of it. */
const variables = [
  "sys_platform",
  "platform_machine",
  "python_version",
  "implementation_name",
  "python_full_version",
] as const satisfies readonly MarkerVariable[];

/** Finds markers for parts of a fixed set of targets. */
export interface MarkerFinder {
  /**
   * The shortest marker that holds in the environments of these targets (by their places in the list) and in no other; `"all"` where
   * these are all, undefined where no marker can tell them from the others.
   */
  find(places: readonly number[]): Marker | "all" | undefined;
  /** Returns the full marker that tells a target's environment from the others, for `environments`. */
  describe(place: number): Marker;
}

export function openMarkerFinder(environments: readonly MarkerEnvironment[]): MarkerFinder {
  const all = (1n << BigInt(environments.length)) - 1n;
  const found = new Map<Targets, Marker | undefined>();
  let terms: readonly Term[] | undefined;
  return {
    find(places) {
      const wanted = places.reduce((set, place) => set | (1n << BigInt(place)), 0n);
      if (wanted === all) return "all";
      if (!found.has(wanted)) {
        terms ??= termsOf(environments, all);
        found.set(wanted, markerOf(cover(wanted, terms)));
      }
      return found.get(wanted);
    },
    describe(place) {
      const values = new Set(environments.map((each) => each.implementation_name));
      const shown = variables.filter((variable) => {
        if (variable === "python_full_version") return hasTwin(environments, place);
        return variable !== "implementation_name" || values.size > 1 || !values.has("cpython");
      });
      return parseMarker(
        shown.map((variable) => `${variable} == '${environments[place]?.[variable]}'`).join(" and "),
      );
    },
  };
}

/** Whether another target differs in nothing but the last part of Python's version. */
function hasTwin(environments: readonly MarkerEnvironment[], place: number): boolean {
  const same = (variable: MarkerVariable, other: MarkerEnvironment) =>
    other[variable] === environments[place]?.[variable];
  return environments.some(
    (other) =>
      variables.slice(0, -1).every((variable) => same(variable, other)) &&
      !same("python_full_version", other),
  );
}

/** Every conjunction with at most one condition on each variable; of those that say the same, the cheapest. */
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
      (set, environment, place) => (holds(environment[variable]) ? set | (1n << BigInt(place)) : set),
      0n,
    );
  const isWhole = variable === "python_full_version";
  // Who installs from the lock may have another last part of the version than the target had: it counts where nothing else differs.
  const telling = isWhole ? environments.filter((_, place) => hasTwin(environments, place)) : environments;
  const values = [...new Set(telling.map((environment) => environment[variable]))];
  if (values.length < 2) return [];
  const base = 1 + rank / 100;
  const conditions: Term[] = [];
  const add = (targets: Targets, cost: number, ...texts: string[]) =>
    conditions.push({ targets, cost, texts });
  const text = (operator: string, value: string) => `${variable} ${operator} '${value}'`;
  for (const value of values) {
    add(
      where((each) => each === value),
      base,
      text("==", value),
    );
    add(
      where((each) => each !== value),
      base + 0.002,
      text("!=", value),
    );
  }
  if (variable !== "python_version") return conditions;
  const sorted = values.toSorted((a, b) => compareVersions(parseVersion(a), parseVersion(b)));
  for (const [low, from] of sorted.entries()) {
    if (low > 0) {
      add(
        where((each) => sorted.indexOf(each) >= low),
        base + 0.001,
        text(">=", from),
      );
      add(
        where((each) => sorted.indexOf(each) < low),
        base + 0.001,
        text("<", from),
      );
    }
    for (const [high, to] of sorted.entries()) {
      if (low === 0 || high <= low) continue;
      add(
        where((each) => sorted.indexOf(each) >= low && sorted.indexOf(each) < high),
        2 * base,
        text(">=", from),
        text("<", to),
      );
    }
  }
  return conditions;
}

/** Returns terms that together hold for all wanted targets and for no others: the fewer of two attempts. */
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
    const others = chosen.filter((_, other) => other !== index).reduce((set, each) => set | each.targets, 0n);
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
