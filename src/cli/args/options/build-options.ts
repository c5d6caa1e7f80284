import type { Option } from "@commander-js/extra-typings";
import { group, option, repeated } from "./option.ts";

/** How packages that have no wheel are had: named as in uv and pip. */
export function buildOptions(): readonly Option[] {
  return group("Building:", [...sourceOptions(), ...isolationOptions()]);
}

/** Those of `posy build`, where there are no other packages to build among. */
export function projectBuildOptions(): readonly Option[] {
  return group("Building:", sourceOptions());
}

function sourceOptions(): readonly Option[] {
  return plain([
    option("--no-build", "take only wheels: nothing is built, no code of a package is run"),
    repeated("--no-build-package <name>", "the same for one package (repeatable)"),
    repeated(
      "--only-binary <which>",
      "`--no-build` by pip's name: `:all:`, or names between commas (repeatable)",
    ).hideHelp(),
    repeated(
      "--no-binary <which>",
      "build from source even where there is a wheel: `:all:`, or names between commas (repeatable)",
    ),
    repeated("-C, --config-setting <key=value>", "a setting for build backends (repeatable)"),
    repeated(
      "--config-settings-package <name:key=value>",
      "a setting for one package's backend (repeatable)",
    ),
    repeated(
      "-b, --build-constraint <file>",
      "versions that builds keep to, in a requirements file (repeatable)",
    ),
  ]);
}

function isolationOptions(): readonly Option[] {
  return plain([
    option(
      "--no-build-isolation",
      "build in an environment of the other packages, not in one of what the build asks for",
    ),
    repeated("--no-build-isolation-package <name>", "the same for one package (repeatable)"),
  ]);
}

/** Commander would take them for the opposites of `--build`, `--binary`, … */
function plain(options: readonly Option[]): readonly Option[] {
  for (const each of options) each.negate = false;
  return options;
}
