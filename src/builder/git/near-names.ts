import { didYouMean, editDistance } from "../../text/index.ts";

/** Returns the names that are probably meant, best first: `v1.0` for `1.0`, `main` for `master`, a typing error. */
export function nearNames(typed: string, names: readonly string[]): readonly string[] {
  const wanted = bare(typed);
  return didYouMean(typed, [...new Set(names)], {
    distance: (_, name) =>
      bare(name) === wanted || (typed === "master" && name === "main") ? 0 : editDistance(typed, name),
  });
}

/** Removes case, separators, and prefixes of versions (`v`, `release-`). */
function bare(name: string): string {
  const last = name.toLowerCase().replace(/^.*\//, "");
  return last
    .replace(/^(v|ver|version|rel|release)(?=[^a-z])/, "")
    .replaceAll(/[-_.]+/g, "-")
    .replace(/^-/, "");
}
