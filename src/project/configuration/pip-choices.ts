import { pipFlag, type PipOptions } from "../../packages/index.ts";
import { parsePackageChoice } from "./package-choice.ts";
import type { Choices } from "./choices.ts";

/** Returns the choices of pip's options in a `pip.conf`. Throws `invalid-configuration`, `invalid-name`. */
export function pipChoices(options: PipOptions): Choices {
  const wheels = parsePackageChoice([options.get("only-binary") ?? ""]);
  const sources = parsePackageChoice([options.get("no-binary") ?? ""]);
  const requireHashes = pipFlag(options, "require-hashes");
  return {
    ...prereleases(options),
    ...(requireHashes !== undefined && { requireHashes }),
    ...(wheels.all && { noBuild: true }),
    ...(wheels.names.size > 0 && { noBuildPackages: [...wheels.names] }),
    ...(sources.all && { noBinary: true }),
    ...(sources.names.size > 0 && { noBinaryPackages: [...sources.names] }),
  };
}

/** Reads `--pre`, and the newer `--all-releases` and `--only-final`. */
function prereleases(options: PipOptions): Pick<Choices, "prerelease" | "prereleasePackages"> {
  const allowed = parsePackageChoice([options.get("all-releases") ?? ""]);
  const refused = parsePackageChoice([options.get("only-final") ?? ""]);
  const packages = [
    ...[...allowed.names].map((name) => [name, "allow"] as const),
    ...[...refused.names].map((name) => [name, "disallow"] as const),
  ];
  return {
    ...((pipFlag(options, "pre") || allowed.all) && { prerelease: "allow" }),
    ...(refused.all && { prerelease: "disallow" }),
    ...(packages.length > 0 && { prereleasePackages: new Map(packages) }),
  };
}
