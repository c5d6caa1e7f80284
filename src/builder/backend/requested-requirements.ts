import { PosyError } from "../../errors/posy-error.ts";
import {
  formatRequirement,
  normalizeName,
  parseRequirement,
  type Requirement,
} from "../../vocab/requirement/index.ts";
import { quote } from "../../text/index.ts";
import { satisfies, tryParseVersion } from "../../vocab/version/index.ts";

/** What a `get_requires_for_build_*` hook of `label` asked for. Throws `build-failed` where that are no requirements. */
export function parseAsked(answer: unknown, hook: string, label: string): readonly Requirement[] {
  // Some backends give nothing instead of an empty list.
  if (answer === null) return [];
  if (!Array.isArray(answer)) {
    throw new PosyError("build-failed", `the build backend of \`${label}\` gave no list from \`${hook}\``, {
      hint,
    });
  }
  return answer.map((entry) => {
    try {
      // Often taken from a `setup_requires` that is older than the rules.
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
 * Those of `asked` for which a new Env is needed: neither declared word by word nor there. `installed` are names and
 * versions of the Env; null where they can't be known.
 */
export function unmet(
  asked: readonly Requirement[],
  declared: readonly Requirement[],
  installed: readonly (readonly [string, string])[] | null = null,
): readonly Requirement[] {
  const known = new Set(declared.map(formatRequirement));
  const there = new Map((installed ?? []).map(([name, version]) => [normalizeName(name), version]));
  return asked.filter((requirement) => {
    if (known.has(formatRequirement(requirement))) return false;
    const { name, extras, url, marker, specifier } = requirement;
    // What depends on more than a version is the resolver's to judge.
    if (extras.length > 0 || url !== undefined || marker !== undefined) return true;
    const version = tryParseVersion(there.get(name) ?? "");
    return version === undefined || !satisfies(specifier, version);
  });
}
