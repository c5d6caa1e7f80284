import { compareVersions, satisfiesOne, type Specifier, type Version } from "../../vocab/version/index.ts";

/**
 * What stands behind the operator of a clause in its own manner and precision, so that it allows what was found, if anything
 * does; undefined where it stays as it is. `<2.0` means what `<2` means: zeros at the end are kept, and say nothing.
 */
export function replacedVersion(clause: Specifier, found: readonly Version[]): string | undefined {
  const sorted = found.toSorted(compareVersions);
  const [least, greatest] = [sorted[0], sorted.at(-1)];
  if (least === undefined || greatest === undefined) return undefined;
  if (found.every((version) => satisfiesOne(clause, version))) return undefined;
  const { operator, version, wildcard } = clause;
  const length = version?.release.length ?? 0;
  switch (operator) {
    case "==":
      return wildcard ? textOf(least, cut(least, length)) : boundOf(least);
    case "===":
      return least.text;
    case "~=": {
      // In the precision that was written, unless that goes back behind what it is to allow.
      if (least.pre === undefined && least.dev === undefined) return textOf(least, cut(least, length));
      const whole = cut(least, Math.max(length, least.release.length));
      return textOf(least, whole) + boundOf(least).replace(/^(?:\d+!)?[\d.]*\d/, "");
    }
    case "<=":
      return boundOf(greatest);
    case "<":
      return version === undefined ? undefined : above(version, greatest);
    default:
      return undefined;
  }
}

/** The next after `greatest` that is as precise as the bound: `<2` → `<6`, `<4.3` → `<5.3`, `<2.0.dev0` → `<6.0.dev0`. */
function above(bound: Version, greatest: Version): string {
  const { release } = bound;
  let telling = release.length;
  while (telling > 1 && Number(release[telling - 1]) === 0) telling -= 1;
  const numbers = cut(greatest, telling);
  const next = [...numbers.slice(0, -1), (numbers.at(-1) ?? 0n) + 1n];
  const zeros = Array.from({ length: release.length - telling }, () => 0n);
  const kind = bound.pre === undefined ? "" : bound.pre.join("");
  const dev = bound.dev === undefined ? "" : `.dev${bound.dev}`;
  return textOf(greatest, [...next, ...zeros]) + kind + dev;
}

/** The first numbers of a release, with zeros where it has fewer. */
function cut({ release }: Version, length: number): readonly bigint[] {
  return Array.from({ length }, (_, at) => BigInt(release[at] ?? 0));
}

function textOf({ epoch }: Version, release: readonly bigint[]): string {
  return `${Number(epoch) === 0 ? "" : `${epoch}!`}${release.join(".")}`;
}

/** As it stands behind an operator: `==` takes a local version's public one, `>=` takes none. */
export function boundOf({ text }: Version): string {
  return text.replace(/\+.*$/, "");
}
