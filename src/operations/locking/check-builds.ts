import { allowsBuild, allowsWheel, type Blueprint, type BuildPolicy } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";

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
      isWheel
        ? `the lock has a wheel of \`${name}\`, and its wheels are not allowed`
        : `the lock has only sources of \`${name}\`, and building it is not allowed`,
      { hint: "leave out `--frozen`, or `--no-build` or `--no-binary` for this package" },
    );
  }
}
