import type { Digits, Version, VersionParts } from "./version.ts";
import { familyOrderOf, orderOf } from "./version-order.ts";

/** What matches lies between two texts of version order: `from` ≤ order < `to`; or, `outside`, does not. */
export interface Interval {
  readonly from: string;
  readonly to: string;
  readonly outside: boolean;
}

/** After all that begins with the same text: a version's local versions, a family's post-releases. */
const afterAll = "\uffff";
const least = "";
const greatest = afterAll;

export type OrderedOperator = "==" | "!=" | "<=" | ">=" | "<" | ">" | "~=";

/** The interval of `operator version`, or with `wildcard` of `operator version.*` (PEP 440). */
export function intervalOf(operator: OrderedOperator, version: Version, wildcard: boolean): Interval {
  const { order } = version;
  switch (operator) {
    case "==":
    case "!=": {
      const [from, to] = wildcard ? prefixed(version, version.release) : [order, afterEqual(version)];
      return { from, to, outside: operator === "!=" };
    }
    case "~=": {
      const [, to] = prefixed(version, version.release.slice(0, -1));
      return { from: order, to, outside: false };
    }
    case ">=":
      return { from: order, to: greatest, outside: false };
    case ">":
      return { from: above(version), to: greatest, outside: false };
    case "<=":
      return { from: least, to: afterEqual(version), outside: false };
    default: // `<`
      return { from: least, to: below(version), outside: false };
  }
}

/** `==1.0` means `1.0+anything` as well; `==1.0+local` only that. */
function afterEqual({ order, local }: Version): string {
  return order + (local === undefined ? afterAll : "\0");
}

/** From the least version of a prefix to the least of the next one: `1.2.*` is from `1.2.dev0` to `1.3.dev0`. */
function prefixed({ epoch }: Version, release: readonly Digits[]): readonly [string, string] {
  const next = [...release.slice(0, -1), increment(release.at(-1) ?? 0)];
  return [orderOf({ epoch, release, dev: 0 }), orderOf({ epoch, release: next, dev: 0 })];
}

/** `>2` lets in neither 2's post-releases nor its local versions; what is a post-release itself, the next ones. */
function above(version: Version): string {
  const { post, dev } = version;
  if (dev !== undefined) return orderOf(changed(version, { dev: increment(dev) }));
  if (post !== undefined) return orderOf(changed(version, { post: increment(post), dev: 0 }));
  return familyOrderOf(version) + afterAll;
}

/** `<2` does not let in 2's own pre-releases, unless it is one. */
function below(version: Version): string {
  const prerelease = version.pre !== undefined || version.dev !== undefined;
  return prerelease ? version.order : orderOf(changed(version, { dev: 0 }));
}

function changed({ epoch, release, pre, post, dev }: Version, changes: Partial<VersionParts>): VersionParts {
  return { epoch, release, pre, post, dev, ...changes };
}

function increment(digits: Digits): Digits {
  return digits === Number.MAX_SAFE_INTEGER || typeof digits === "bigint" ? BigInt(digits) + 1n : digits + 1;
}
