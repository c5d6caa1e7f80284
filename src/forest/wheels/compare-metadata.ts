import type { PackagePin } from "../../model/index.ts";
import { formatRequirement, parseRequirement } from "../../vocab/requirement/index.ts";
import { parseSpecifierSet } from "../../vocab/version/index.ts";
import type { WheelManifest } from "./wheel-manifest.ts";

export interface MetadataDifference {
  /** What differs, in words. */
  readonly difference: string;
  /** Whether the wheel has a requirement that was not resolved. */
  readonly requiresMore: boolean;
}

/**
 * Compares a wheel's metadata with the snapshot that was used for resolving: an index can serve metadata that differ
 * from those in the file. Returns undefined if they agree.
 */
export function compareMetadata(pin: PackagePin, manifest: WheelManifest): MetadataDifference | undefined {
  const { requiresDist, requiresPython = "", unread } = pin.metadata;
  if (unread === true) return undefined;
  const built = pin.artifact.kind !== "wheel";
  const inside = manifest.requiresDist;
  const differences: string[] = [];
  let requiresMore = false;
  // Equal texts are not parsed, since this runs for every wheel of an Env.
  if (requiresDist.length !== inside.length || requiresDist.some((text) => !inside.includes(text))) {
    // Build backends may spell out an extra that refers to another extra of the same project (`x[all]`), so the
    // requirements of extras are not compared for a wheel that was built.
    const counts = (text: string) => !built || !/\bextra\b.*==/.test(text);
    // The metadata of a folder may have the absolute paths of other folders, which differ between machines.
    const { artifact } = pin;
    const isFolder = artifact.kind === "source" && artifact.origin?.kind === "directory";
    const canonicalTexts = (texts: readonly string[]) =>
      texts.filter(counts).map((text) => canonical(text, isFolder));
    const resolved = canonicalTexts(requiresDist);
    const actual = canonicalTexts(inside);
    const onlyIn = (these: readonly string[], those: readonly string[]) =>
      these.filter((text) => !those.includes(text)).map((text) => `\`${text}\``);
    const [added, missing] = [onlyIn(actual, resolved), onlyIn(resolved, actual)];
    requiresMore = added.length > 0;
    if (added.length > 0) differences.push(`the wheel also requires ${added.join(", ")}`);
    if (missing.length > 0) differences.push(`the wheel does not require ${missing.join(", ")}`);
  }
  if (!samePython(requiresPython, manifest.requiresPython)) {
    differences.push(`the wheel requires Python \`${manifest.requiresPython}\`, not \`${requiresPython}\``);
  }
  if (differences.length === 0) return undefined;
  const source = pin.artifact.index ?? pin.artifact.url;
  const intro = `\`${manifest.filename}\` says other things of itself than ${source} said when it was resolved`;
  return { difference: `${intro}: ${differences.join("; ")}`, requiresMore };
}

/** Returns the canonical form of a requirement, with `withoutPaths` without a `file:` URL. */
function canonical(text: string, withoutPaths: boolean): string {
  try {
    const { url, ...requirement } = parseRequirement(text, { lenient: true });
    const keepsUrl = url !== undefined && !(withoutPaths && /^file:/i.test(url));
    return formatRequirement(keepsUrl ? { ...requirement, url } : requirement);
  } catch {
    return text;
  }
}

function samePython(a: string, b: string): boolean {
  if (a === b) return true;
  const sorted = (text: string) =>
    parseSpecifierSet(text, { lenient: true })
      .text.split(",")
      .map((part) => part.replaceAll(/\s+/g, ""))
      .sort()
      .join(",");
  try {
    return sorted(a) === sorted(b);
  } catch {
    return false;
  }
}
