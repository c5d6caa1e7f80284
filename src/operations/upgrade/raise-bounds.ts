import { parseRequirement } from "../../vocab/requirement/index.ts";
import {
  compareVersions,
  isPrerelease,
  namesPrerelease,
  parseSpecifierSet,
  satisfies,
  type Version,
} from "../../vocab/version/index.ts";
import { spliced } from "../../toml/index.ts";
import { boundOf, replacedVersion } from "./replaced-version.ts";
import { withClauses, writtenClauses } from "./written-clauses.ts";

/**
 * A requirement whose lower bounds (`>=`) are the least of the versions that were found for it, in full, as `posy add` writes
 * them. All else stays as it is written, and so does a bound that names no pre-release where the least is one.
 */
export function raiseBounds(text: string, found: readonly Version[]): string {
  const least = leastOf(found);
  if (least === undefined || !mayBeBound(text, least)) return text;
  return spliced(
    text,
    writtenClauses(text).flatMap(({ specifier: { operator, version }, start, end }) => {
      if (operator !== ">=" || version === undefined || compareVersions(version, least) >= 0) return [];
      return [{ start, end, text: boundOf(least) }];
    }),
  );
}

/**
 * A requirement that allows the versions that were found for it, whatever it allowed: where they are within its bounds it is
 * only raised; else each clause that stands in the way keeps its manner and its precision (`==1.2` → `==2.0`, `~=1.2` → `~=2.0`,
 * `>=1.2,<2` → `>=2.0,<3`), or, where that does not allow them all, gives way to `>=` the least of them.
 */
export function replaceBounds(text: string, found: readonly Version[]): string {
  const least = leastOf(found);
  const raised = raiseBounds(text, found);
  if (least === undefined || allows(raised, found)) return raised;
  const clauses = writtenClauses(raised);
  const kept = spliced(
    raised,
    clauses.flatMap(({ specifier, start, end }) => {
      const version = replacedVersion(specifier, found);
      return version === undefined ? [] : [{ start, end, text: version }];
    }),
  );
  if (allows(kept, found)) return kept;
  const holes = clauses.filter(({ specifier }) => specifier.operator === "!=");
  const [first] = clauses;
  const gap = first === undefined ? "" : /^[<>=!~]+(\s*)/.exec(raised.slice(first.from))?.[1];
  return withClauses(raised, [
    `>=${gap ?? ""}${boundOf(least)}`,
    ...holes.map(({ from, end, specifier }) => raised.slice(from, end) + (specifier.wildcard ? ".*" : "")),
  ]);
}

/**
 * A requirement in which nothing stands in the way of newer versions, and that goes back behind none of `floor`, which is what
 * is locked. For asking what there is: nobody is to read it.
 */
export function withoutCeiling(text: string, floor: Version | undefined): string {
  const { specifier, url } = parseRequirement(text);
  if (url !== undefined) return text;
  const clauses = specifier.specifiers.flatMap(({ operator, version, versionText, wildcard }) => {
    if (operator === "<" || operator === "<=") return [];
    if (operator === ">=" || operator === ">") return [operator + versionText];
    if (operator === "!=") return [operator + versionText + (wildcard ? ".*" : "")];
    return version === undefined ? [] : [`>=${boundOf(version)}`];
  });
  // A lock of an older project may have what is no longer wanted.
  if (floor === undefined || !satisfies(specifier, floor)) return withClauses(text, clauses);
  if (mayBeBound(text, floor)) {
    const holes = clauses.filter((clause) => clause.startsWith("!="));
    return withClauses(text, [`>=${boundOf(floor)}`, ...holes]);
  }
  // `==6.*` lets 6.0rc1 be, `>=6` does not.
  return withClauses(
    text,
    clauses.filter((clause) => satisfies(parseSpecifierSet(clause), floor)),
  );
}

/** To pip, a bound that is a pre-release asks for pre-releases: only where one was asked for. */
function mayBeBound(text: string, version: Version): boolean {
  return !isPrerelease(version) || namesPrerelease(parseRequirement(text).specifier);
}

function allows(text: string, versions: readonly Version[]): boolean {
  const { specifier } = parseRequirement(text);
  return versions.every((version) => satisfies(specifier, version));
}

export function leastOf(versions: readonly Version[]): Version | undefined {
  return versions.toSorted(compareVersions)[0];
}
