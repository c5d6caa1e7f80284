import { defaultBuildPolicy } from "../../src/model/build-policy.ts";
import type { Brief } from "../../src/model/brief.ts";
import { parsePackageName } from "../../src/vocab/requirement/name.ts";
import { parseRequirement } from "../../src/vocab/requirement/requirement.ts";

export interface BriefRecipe
  extends Partial<Omit<Brief, "requirements" | "constraints" | "overrides" | "prerelease">> {
  readonly constraints?: readonly string[];
  readonly overrides?: readonly string[];
  readonly prerelease?: Brief["prerelease"]["mode"];
  /** By package. */
  readonly prereleases?: Readonly<Record<string, Brief["prerelease"]["mode"]>>;
  /** SHA-256 digests by requirement. */
  readonly hashes?: Readonly<Record<string, readonly string[]>>;
}

/** Returns the Brief that `--with` makes of the requirements. */
export function briefOf(requirements: readonly string[], recipe: BriefRecipe = {}): Brief {
  const {
    constraints = [],
    overrides = [],
    prerelease = "if-necessary",
    prereleases = {},
    hashes = {},
    ...rest
  } = recipe;
  const written = (text: string, origin: string) => ({
    requirement: parseRequirement(text),
    origin,
    ...(hashes[text] === undefined ? {} : { hashes: { sha256: hashes[text] } }),
  });
  return {
    platforms: ["linux-x86_64"],
    prefer: "highest",
    overrides: overrides.map((text, index) => written(text, `overrides.txt:${index + 1}`)),
    builds: defaultBuildPolicy,
    ...rest,
    requirements: requirements.map((text) => written(text, "--with")),
    constraints: constraints.map((text, index) => written(text, `constraints.txt:${index + 1}`)),
    prerelease: {
      mode: prerelease,
      packages: new Map(Object.entries(prereleases).map(([name, mode]) => [parsePackageName(name), mode])),
    },
  };
}
