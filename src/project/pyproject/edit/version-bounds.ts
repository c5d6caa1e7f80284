import { parseVersion } from "../../../vocab/version/index.ts";

/** uv's names for the bounds that `posy add` writes for a version. */
export const boundKinds = ["lower", "major", "minor", "exact"] as const;

/**
 * `lower`: this version or later; `major` or `minor`: also less than the next major or minor version; `exact`: only
 * this version.
 */
export type BoundKind = (typeof boundKinds)[number];

/**
 * Returns the bounds for the versions of a package from `least` to `greatest`, which several Pythons may have:
 * `>=1.2.3,<2.0.0`. With `exact`, only the least one is allowed. As in uv, leading zeros do not count: 0.1 to 0.2 is a
 * major step, as 1 to 2.
 */
export function versionBounds(least: string, kind: BoundKind, greatest = least): string {
  if (kind === "exact") return `==${least}`;
  if (kind === "lower") return `>=${least}`;
  const { epoch, release } = parseVersion(greatest);
  const first = release.findIndex((part) => Number(part) > 0);
  const major = first === -1 ? 1 : first;
  const raised = kind === "major" ? major : Math.max(major, Math.min(major + 1, 2));
  const length = Math.max(release.length, raised + 1);
  const upper = Array.from({ length }, (_, index) => {
    if (index > raised) return "0";
    return index === raised ? String(BigInt(release[index] ?? 0) + 1n) : String(release[index] ?? 0);
  });
  const front = Number(epoch) > 0 ? `${epoch}!` : "";
  return `>=${least},<${front}${upper.join(".")}`;
}
