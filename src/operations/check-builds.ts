import { allowsBuild, allowsWheel, type Blueprint, type BuildPolicy } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { parsePackageName } from "../vocab/requirement/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/**
 * Checks a lock that is used unchanged (`--frozen`). It has one file of each package for this platform. Throws
 * `lock-mismatch` if `--no-build` or `--no-binary` refuses such a file.
 */
export function checkBuilds({ targets }: Blueprint, platform: PlatformName, builds: BuildPolicy): void {
  const pins = targets.filter((target) => target.platform === platform).flatMap(({ packages }) => packages);
  for (const { name, artifact } of pins) {
    const editable = artifact.origin?.kind === "directory" && artifact.origin.editable;
    const isWheel = artifact.filename.endsWith(".whl");
    const project = parsePackageName(name);
    if (isWheel ? artifact.direct || allowsWheel(builds, project) : editable || allowsBuild(builds, project))
      continue;
    throw new PosyError(
      "lock-mismatch",
      `the lock has \`${name}\` as ${isWheel ? "a wheel, and it must be built" : "sources, and nothing of it may be built"}`,
      { hint: "leave out `--frozen`, or the setting (`--no-build`, `--no-binary`) for it" },
    );
  }
}
