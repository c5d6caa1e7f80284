import type { PackagePin } from "../../model/index.ts";
import { formatRequirement, parseRequirement } from "../../vocab/requirement/index.ts";
import { parseSpecifierSet } from "../../vocab/version/index.ts";
import type { WheelManifest } from "./wheel-manifest.ts";

/**
 * Holds the wheel's own metadata against the snapshot that was resolved with (pitfall 11): an index can serve one
 * and mean the other. Returns what to tell, or undefined where they agree.
 */
export function compareMetadata(pin: PackagePin, manifest: WheelManifest): string | undefined {
  const { requiresDist, requiresPython = "", unread } = pin.metadata;
  if (unread === true) return undefined;
  const built = pin.artifact.kind !== "wheel";
  const inside = manifest.requiresDist;
  const differences: string[] = [];
  // Nothing is parsed where the texts are the same: this runs for every wheel of an Env.
  if (requiresDist.length !== inside.length || requiresDist.some((text) => !inside.includes(text))) {
    // Backends write what `[project]` says of extras in other words: an extra of itself, spelt out.
    const counts = (text: string) => !built || !/\bextra\b.*==/.test(text);
    const [resolved, own] = [
      requiresDist.map(canonical).filter(counts),
      inside.map(canonical).filter(counts),
    ];
    const only = (these: readonly string[], those: readonly string[]) =>
      these.filter((text) => !those.includes(text)).map((text) => `\`${text}\``);
    const [more, less] = [only(own, resolved), only(resolved, own)];
    if (more.length > 0) differences.push(`the wheel also requires ${more.join(", ")}`);
    if (less.length > 0) differences.push(`the wheel does not require ${less.join(", ")}`);
  }
  if (!samePython(requiresPython, manifest.requiresPython)) {
    differences.push(`the wheel wants Python \`${manifest.requiresPython}\`, not \`${requiresPython}\``);
  }
  if (differences.length === 0) return undefined;
  const source = pin.artifact.index ?? pin.artifact.url;
  return (
    `\`${manifest.filename}\` says other things of itself than ${source} said when it was resolved: ` +
    differences.join("; ")
  );
}

function canonical(text: string): string {
  try {
    return formatRequirement(parseRequirement(text, { lenient: true }));
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
