import { editDistance } from "../../text/index.ts";

/** Names that are probably meant, nearest first: `v1.0` for `1.0`, `main` for `master`, a slip of the keyboard. */
export function nearNames(typed: string, names: readonly string[]): readonly string[] {
  const wanted = bare(typed);
  const rank = (name: string): number => {
    if (bare(name) === wanted) return 0;
    if (typed === "master" && name === "main") return 0;
    const allowed = typed.length < 5 ? 1 : 2;
    const count = editDistance(typed, name);
    return count <= allowed ? count : Number.POSITIVE_INFINITY;
  };
  return [...new Set(names)]
    .map((name) => ({ name, rank: rank(name) }))
    .filter((each) => Number.isFinite(each.rank))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Without case, separators, and what people put before a version. */
function bare(name: string): string {
  const last = name.toLowerCase().replace(/^.*\//, "");
  return last
    .replace(/^(v|ver|version|rel|release)(?=[^a-z])/, "")
    .replaceAll(/[-_.]+/g, "-")
    .replace(/^-/, "");
}
