import { PosyError } from "../../errors/posy-error.ts";
import { compareVersions, type Digits, isPrerelease, parseVersion, type Version } from "./version.ts";

/**
 * The parts of a version that can be raised, in the order in which they are raised. `stable` removes pre, post and dev
 * parts. `pre` raises the pre-release that the version has, whatever its kind.
 */
export const bumpParts = [
  "major",
  "minor",
  "patch",
  "stable",
  "alpha",
  "beta",
  "rc",
  "pre",
  "post",
  "dev",
] as const;
export type BumpPart = (typeof bumpParts)[number];

/** One step of a bump: raises a part by one, or sets it to `value`. */
export interface VersionBump {
  readonly part: BumpPart;
  readonly value?: number | undefined;
}

const releaseParts: readonly BumpPart[] = ["major", "minor", "patch"];
const prereleaseParts: readonly BumpPart[] = ["alpha", "beta", "rc", "pre", "dev"];
const kinds = { alpha: "a", beta: "b", rc: "rc" } as const;

/**
 * Returns a version with some parts raised, as `uv version --bump` does. Raising a part removes all lower parts
 * (`major > minor > patch > pre > post > dev`); a missing part becomes 1. A local part stays. Throws `usage` if the
 * bumps can't be combined, or if the result is not higher.
 */
export function bumpVersion(version: Version, bumps: readonly VersionBump[]): Version {
  refuseCombinations(bumps);
  const ordered = [...bumps].sort((a, b) => bumpParts.indexOf(a.part) - bumpParts.indexOf(b.part));
  let bumped = version;
  for (const bump of ordered) bumped = raised(bumped, bump);
  if (compareVersions(bumped, version) > 0) return bumped;
  const what = `${version.text} → ${bumped.text} does not raise the version`;
  throw new PosyError("usage", what, {
    hint:
      isPrerelease(bumped) && bumps.every(({ part }) => !releaseParts.includes(part))
        ? "raise another part, too: `--bump patch`, `--bump minor` or `--bump major`"
        : "to set a lower version, give it exactly: `posy version 1.2.3`",
  });
}

function refuseCombinations(bumps: readonly VersionBump[]): void {
  const typed = bumps.map(({ part }) => `\`--bump ${part}\``).join(" and ");
  const refuse = (hint: string): never => {
    throw new PosyError("usage", `${typed} can't be combined`, { hint });
  };
  for (const part of ["stable", "post"] as const) {
    if (bumps.length > 1 && bumps.some((bump) => bump.part === part)) refuse(`use \`--bump ${part}\` alone`);
  }
  for (const group of [releaseParts, prereleaseParts]) {
    if (bumps.filter(({ part }) => group.includes(part)).length > 1) {
      refuse(`give one of ${group.map((part) => `\`${part}\``).join(", ")}`);
    }
  }
}

function raised(version: Version, { part, value }: VersionBump): Version {
  const { epoch, release, local } = version;
  let { pre, post, dev } = version;
  let numbers = release;
  switch (part) {
    case "major":
    case "minor":
    case "patch": {
      const index = releaseParts.indexOf(part);
      // A short version stays short: 0.2 becomes 0.3.
      numbers = Array.from({ length: Math.max(release.length, index + 1) }, (_, position) => {
        if (position < index) return release[position] ?? 0;
        return position > index ? 0 : next(release[index] ?? 0, value);
      });
      pre = post = dev = undefined;
      break;
    }
    case "stable":
      pre = post = dev = undefined;
      break;
    case "post":
      post = next(post ?? 0, value);
      dev = undefined;
      break;
    case "dev":
      dev = next(dev ?? 0, value);
      break;
    default: {
      const kind = part === "pre" ? (pre?.[0] ?? "a") : kinds[part];
      pre = [kind, next(pre?.[0] === kind ? pre[1] : 0, value)];
      post = dev = undefined;
    }
  }
  const text = [
    epoch === 0 ? "" : `${epoch}!`,
    numbers.join("."),
    pre === undefined ? "" : pre.join(""),
    post === undefined ? "" : `.post${post}`,
    dev === undefined ? "" : `.dev${dev}`,
    local === undefined ? "" : `+${local.join(".")}`,
  ];
  return parseVersion(text.join(""));
}

function next(number: Digits, value: number | undefined): Digits {
  if (value !== undefined) return value;
  return typeof number === "bigint" || number === Number.MAX_SAFE_INTEGER ? BigInt(number) + 1n : number + 1;
}
