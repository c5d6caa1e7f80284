import type { BlueprintTarget } from "../../model/index.ts";
import { parseWheelFilename } from "../../vocab/filenames/index.ts";

/** Names of the oldest policies (PEP 513, 571, 599), and the minor version of their glibc. */
const named: Readonly<Record<string, number>> = { manylinux1: 5, manylinux2010: 12, manylinux2014: 17 };

/**
 * Returns the oldest glibc that files with these platform tags need (PEP 600): `2.28`. Each entry has the tags of one
 * file, of which the lowest is enough. Undefined if none needs glibc. The wheels of a target need no newer one than its
 * interpreter.
 */
export function oldestGlibc(files: readonly (string | readonly string[])[]): string | undefined {
  const minors = files.flatMap((tags) => {
    const found = [tags].flat().flatMap((tag) => {
      const [, policy = "", minor] = /^(manylinux(?:_2_(\d+)|1|2010|2014))_/.exec(tag) ?? [];
      return minor === undefined ? (named[policy] ?? []) : [Number(minor)];
    });
    return found.length === 0 ? [] : [Math.min(...found)];
  });
  return minors.length === 0 ? undefined : `2.${Math.max(...minors)}`;
}

/** Returns the platform tags of each wheel of a target, without those that are built. */
export function wheelTags({ packages }: BlueprintTarget): readonly (readonly string[])[] {
  return packages
    .filter(({ artifact }) => artifact.kind === "wheel")
    .map(({ artifact }) =>
      parseWheelFilename(artifact.filename).tags.map((tag) => tag.slice(tag.lastIndexOf("-") + 1)),
    );
}
