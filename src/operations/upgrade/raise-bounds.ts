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
 * Returns a requirement with its lower bounds (`>=`) raised to the least of its resolved versions, in full precision,
 * as `posy add` writes them. All else stays as written. If the least version is a pre-release and the requirement
 * names none, nothing changes.
 */
export function raiseBounds(text: string, resolved: readonly Version[]): string {
  const least = leastOf(resolved);
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
 * Returns a requirement that allows all of its resolved versions. If its bounds allow them already, they are only
 * raised. Otherwise each clause that excludes one gets a new version, and keeps its operator and its precision
 * (`==1.2` → `==2.0`, `~=1.2` → `~=2.0`, `>=1.2,<2` → `>=2.0,<3`). If that does not allow all of them, `>=` the least
 * version replaces the clauses.
 */
export function replaceBounds(text: string, resolved: readonly Version[]): string {
  const least = leastOf(resolved);
  const raised = raiseBounds(text, resolved);
  if (least === undefined || allows(raised, resolved)) return raised;
  const clauses = writtenClauses(raised);
  const kept = spliced(
    raised,
    clauses.flatMap(({ specifier, start, end }) => {
      const version = replacedVersion(specifier, resolved);
      return version === undefined ? [] : [{ start, end, text: version }];
    }),
  );
  if (allows(kept, resolved)) return kept;
  const exclusions = clauses.filter(({ specifier }) => specifier.operator === "!=");
  const [first] = clauses;
  const gap = first === undefined ? "" : /^[<>=!~]+(\s*)/.exec(raised.slice(first.from))?.[1];
  return withClauses(raised, [
    `>=${gap ?? ""}${boundOf(least)}`,
    ...exclusions.map(
      ({ from, end, specifier }) => raised.slice(from, end) + (specifier.wildcard ? ".*" : ""),
    ),
  ]);
}

/**
 * Returns a requirement without upper bounds that allows nothing older than `floor`, the locked version. It is only
 * for resolving, and is not written to a file.
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
  // An outdated lock may have a version that the requirement no longer allows.
  if (floor === undefined || !satisfies(specifier, floor)) return withClauses(text, clauses);
  if (mayBeBound(text, floor)) {
    const exclusions = clauses.filter((clause) => clause.startsWith("!="));
    return withClauses(text, [`>=${boundOf(floor)}`, ...exclusions]);
  }
  // `==6.*` allows 6.0rc1, `>=6` does not.
  return withClauses(
    text,
    clauses.filter((clause) => satisfies(parseSpecifierSet(clause), floor)),
  );
}

/** A pre-release may be a bound only if the requirement names one already: to pip, such a bound allows pre-releases. */
function mayBeBound(text: string, version: Version): boolean {
  return !isPrerelease(version) || namesPrerelease(parseRequirement(text).specifier);
}

function allows(text: string, versions: readonly Version[]): boolean {
  const { specifier } = parseRequirement(text);
  return versions.every((version) => satisfies(specifier, version));
}

/** Returns the least of some versions; undefined for none. */
export function leastOf(versions: readonly Version[]): Version | undefined {
  return versions.toSorted(compareVersions)[0];
}
