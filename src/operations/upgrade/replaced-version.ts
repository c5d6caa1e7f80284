import { compareVersions, satisfiesOne, type Specifier, type Version } from "../../vocab/version/index.ts";

/**
 * Returns a new version for a clause, with the same precision, so that the clause allows the resolved versions if it
 * can; undefined if the clause stays unchanged. `<2.0` means the same as `<2`: zeros at the end are kept, but do not
 * count as precision.
 */
export function replacedVersion(clause: Specifier, resolved: readonly Version[]): string | undefined {
  const sorted = resolved.toSorted(compareVersions);
  const [least, greatest] = [sorted[0], sorted.at(-1)];
  if (least === undefined || greatest === undefined) return undefined;
  if (resolved.every((version) => satisfiesOne(clause, version))) return undefined;
  const { operator, version, wildcard } = clause;
  const length = version?.release.length ?? 0;
  switch (operator) {
    case "==":
      return wildcard ? textOf(least, truncatedRelease(least, length)) : boundOf(least);
    case "===":
      return least.text;
    case "~=": {
      // The written precision is kept, unless the result would not allow the version.
      if (least.pre === undefined && least.dev === undefined)
        return textOf(least, truncatedRelease(least, length));
      const whole = truncatedRelease(least, Math.max(length, least.release.length));
      return textOf(least, whole) + boundOf(least).replace(/^(?:\d+!)?[\d.]*\d/, "");
    }
    case "<=":
      return boundOf(greatest);
    case "<":
      return version === undefined ? undefined : nextAfter(version, greatest);
    default:
      return undefined;
  }
}

/**
 * Returns the next version after `greatest` with the precision of the bound: `<2` → `<6`, `<4.3` → `<5.3`,
 * `<2.0.dev0` → `<6.0.dev0`.
 */
function nextAfter(bound: Version, greatest: Version): string {
  const { release } = bound;
  let precision = release.length;
  while (precision > 1 && Number(release[precision - 1]) === 0) precision -= 1;
  const numbers = truncatedRelease(greatest, precision);
  const next = [...numbers.slice(0, -1), (numbers.at(-1) ?? 0n) + 1n];
  const zeros = Array.from({ length: release.length - precision }, () => 0n);
  const kind = bound.pre === undefined ? "" : bound.pre.join("");
  const dev = bound.dev === undefined ? "" : `.dev${bound.dev}`;
  return textOf(greatest, [...next, ...zeros]) + kind + dev;
}

/** Returns the first `length` numbers of a release, filled up with zeros. */
function truncatedRelease({ release }: Version, length: number): readonly bigint[] {
  return Array.from({ length }, (_, index) => BigInt(release[index] ?? 0));
}

function textOf({ epoch }: Version, release: readonly bigint[]): string {
  return `${Number(epoch) === 0 ? "" : `${epoch}!`}${release.join(".")}`;
}

/** Returns a version as a bound: without its local part, which `>=` must not have and `==` does not need (PEP 440). */
export function boundOf({ text }: Version): string {
  return text.replace(/\+.*$/, "");
}
