import { PosyError } from "../../errors/posy-error.ts";
import {
  formatRequirement,
  normalizeName,
  parseRequirement,
  type Requirement,
} from "../../vocab/requirement/index.ts";
import { quote } from "../../text/index.ts";
import { satisfies, tryParseVersion } from "../../vocab/version/index.ts";

/**
 * Returns the requirements in the answer of a `get_requires_for_build_*` hook. `label` names the source in messages.
 * Throws `build-failed` if the answer is not a list of requirements.
 */
export function parseRequestedRequirements(
  answer: unknown,
  hook: string,
  label: string,
): readonly Requirement[] {
  // Some backends return None instead of an empty list.
  if (answer === null) return [];
  if (!Array.isArray(answer)) {
    throw new PosyError(
      "build-failed",
      `the build backend of \`${label}\` returned no list from \`${hook}\``,
      {
        hint,
      },
    );
  }
  return answer.map((entry) => {
    try {
      // Often these come from a `setup_requires` that is older than PEP 508.
      return parseRequirement(String(entry), { lenient: true });
    } catch (cause) {
      const why = cause instanceof PosyError ? cause.message : String(cause);
      throw new PosyError(
        "build-failed",
        `the build backend of \`${label}\` asked for ${quote(String(entry))} (\`${hook}\`): ${why}`,
        { cause, hint },
      );
    }
  });
}

const hint = "choose another version, or tell those who publish it";

/**
 * Returns the requirements in `asked` for which a new Env is needed: those that are neither declared in the same words
 * nor installed. `installed` has names and versions of the Env. It is null if they are unknown.
 */
export function unmetRequirements(
  asked: readonly Requirement[],
  declared: readonly Requirement[],
  installed: readonly (readonly [string, string])[] | null = null,
): readonly Requirement[] {
  const known = new Set(declared.map(formatRequirement));
  const installedVersions = new Map(
    (installed ?? []).map(([name, version]) => [normalizeName(name), version]),
  );
  return asked.filter((requirement) => {
    if (known.has(formatRequirement(requirement))) return false;
    const { name, extras, url, marker, specifier } = requirement;
    // Only the resolver can decide a requirement that depends on more than a version.
    if (extras.length > 0 || url !== undefined || marker !== undefined) return true;
    const version = tryParseVersion(installedVersions.get(name) ?? "");
    return version === undefined || !satisfies(specifier, version);
  });
}
