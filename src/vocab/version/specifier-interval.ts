import type { Digits, Version, VersionParts } from "./version.ts";
import { familyOrderOf, orderOf } from "./version-order.ts";

/** An interval of version orders. A version matches if `from` ≤ order < `to`, or, with `outside`, if not. */
export interface Interval {
  readonly from: string;
  readonly to: string;
  readonly outside: boolean;
}

/** Sorts after all orders with the same prefix: the local versions of a version, the post-releases of a family. */
const afterAll = "\uffff";
const least = "";
const greatest = afterAll;

export type OrderedOperator = "==" | "!=" | "<=" | ">=" | "<" | ">" | "~=";

/** Returns the interval of `operator version`, or, with `wildcard`, of `operator version.*` (PEP 440). */
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

/** `==1.0` also matches `1.0+anything`; `==1.0+local` matches only that. */
function afterEqual({ order, local }: Version): string {
  return order + (local === undefined ? afterAll : "\0");
}

/**
 * The interval from the least version with a prefix to the least one of the next: `1.2.*` is `1.2.dev0` to
 * `1.3.dev0`.
 */
function prefixed({ epoch }: Version, release: readonly Digits[]): readonly [string, string] {
  const next = [...release.slice(0, -1), increment(release.at(-1) ?? 0)];
  return [orderOf({ epoch, release, dev: 0 }), orderOf({ epoch, release: next, dev: 0 })];
}

/** `>2` matches neither post-releases nor local versions of 2. `>2.post1` matches the later post-releases. */
function above(version: Version): string {
  const { post, dev } = version;
  if (dev !== undefined) return orderOf(changed(version, { dev: increment(dev) }));
  if (post !== undefined) return orderOf(changed(version, { post: increment(post), dev: 0 }));
  return familyOrderOf(version) + afterAll;
}

/** `<2` does not match pre-releases of 2, unless the specifier itself names a pre-release (`<2rc1`). */
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
