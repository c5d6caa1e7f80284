import { didYouMean, editDistance } from "../../text/index.ts";

/** Names that are probably meant, nearest first: `v1.0` for `1.0`, `main` for `master`, a slip of the keyboard. */
export function nearNames(typed: string, names: readonly string[]): readonly string[] {
  const wanted = bare(typed);
  return didYouMean(typed, [...new Set(names)], {
    distance: (_, name) =>
      bare(name) === wanted || (typed === "master" && name === "main") ? 0 : editDistance(typed, name),
  });
}

/** Without case, separators, and what people put before a version. */
function bare(name: string): string {
  const last = name.toLowerCase().replace(/^.*\//, "");
  return last
    .replace(/^(v|ver|version|rel|release)(?=[^a-z])/, "")
    .replaceAll(/[-_.]+/g, "-")
    .replace(/^-/, "");
}
