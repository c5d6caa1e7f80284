import type { PackageChoice } from "../../model/index.ts";
import { type PackageName, parsePackageName } from "../../vocab/requirement/index.ts";

/**
 * Parses pip's package choices: `:all:`, `:none:` (which undoes everything before it), and names, separated by commas
 * or spaces.
 */
export function parsePackageChoice(values: readonly string[]): PackageChoice {
  let all = false;
  const names = new Set<PackageName>();
  for (const value of values.flatMap((text) => text.split(/[\s,]+/))) {
    if (value === "") continue;
    if (value === ":all:") all = true;
    else if (value === ":none:") {
      all = false;
      names.clear();
    } else names.add(parsePackageName(value));
  }
  return { all, names };
}
