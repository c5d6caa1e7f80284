import type { Option } from "@commander-js/extra-typings";
import { group, option, repeated, withoutNegation } from "./option.ts";

/** How packages without a wheel are built. The names are those of uv and pip. */
export function buildOptions(): readonly Option[] {
  return group("Builds:", [...sourceOptions(), ...isolationOptions()]);
}

/** The options of `posy build` and the project's commands, which have no environment to build in without isolation. */
export function projectBuildOptions(): readonly Option[] {
  return group("Builds:", sourceOptions());
}

function sourceOptions(): readonly Option[] {
  return [
    option("--no-build", "Use wheels only; build nothing and run no code of a package"),
    repeated("--no-build-package <name>", "Use only wheels of this package (repeatable)"),
    repeated(
      "--only-binary <names>",
      "Same as `--no-build`, under pip's name: `:all:`, or names with commas between them (repeatable)",
    ).hideHelp(),
    repeated(
      "--no-binary <names>",
      "Build from source even if there is a wheel: `:all:`, or names with commas between them (repeatable)",
    ),
    repeated(
      "--config-setting <key=value>",
      "Pass a setting to the build backends (also `-C KEY=VALUE`; repeatable)",
    ),
    repeated(
      "--config-settings-package <name:key=value>",
      "Pass a setting to the build backend of one package (repeatable)",
    ),
    repeated(
      "-b, --build-constraint <file>",
      "Limit the versions of build requirements to those that this requirements file allows (repeatable)",
    ),
  ].map(withoutNegation);
}

function isolationOptions(): readonly Option[] {
  return [
    option(
      "--no-build-isolation",
      "Build in the environment of the other packages, without installing build requirements",
    ),
    repeated("--no-build-isolation-package <name>", "Build this package without isolation (repeatable)"),
  ].map(withoutNegation);
}
