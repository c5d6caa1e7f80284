import type { BriefRequirement, BuildPolicy, ConfigSettings } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { type FileBuildOptions, parsePackageChoice } from "../project/index.ts";
import { type PackageName, parsePackageName } from "../vocab/requirement/index.ts";
import { quote } from "../text/index.ts";
import type { BuildOptions } from "./options.ts";

/**
 * Returns the build policy of options, environment variables and requirements files. Options override variables, and
 * variables override files. Throws `usage`, `invalid-name`.
 */
export function readBuildPolicy(
  options: BuildOptions,
  file: FileBuildOptions,
  constraints: readonly BriefRequirement[],
  environment: NodeJS.ProcessEnv,
): BuildPolicy {
  const variable = (name: string) => environment[`POSY_${name}`] || environment[`UV_${name}`] || "";
  const list = (name: string) => words(variable(name));
  // `UV_NO_BINARY` is a switch, `PIP_NO_BINARY` is a list.
  const wheels = isOn(variable("NO_BUILD")) || options.noBuild ? [":all:"] : [];
  const sources = isOn(variable("NO_BINARY")) ? [":all:"] : words(environment["POSY_NO_BINARY"]);
  return {
    noBuild: parsePackageChoice([
      ...file.onlyBinary,
      ...words(environment["PIP_ONLY_BINARY"]),
      ...list("NO_BUILD_PACKAGE"),
      ...wheels,
      ...(options.onlyBinary ?? []),
      ...(options.noBuildPackage ?? []),
    ]),
    noBinary: parsePackageChoice([
      ...file.noBinary,
      ...words(environment["PIP_NO_BINARY"]),
      ...list("NO_BINARY_PACKAGE"),
      ...sources,
      ...(options.noBinary ?? []),
    ]),
    noIsolation: parsePackageChoice([
      ...(options.noBuildIsolation || isOn(variable("NO_BUILD_ISOLATION")) ? [":all:"] : []),
      ...list("NO_BUILD_ISOLATION_PACKAGE"),
      ...(options.noBuildIsolationPackage ?? []),
    ]),
    settings: settingsOf([...words(variable("CONFIG_SETTINGS")), ...(options.configSetting ?? [])]),
    packageSettings: packageSettings(file, options.configSettingsPackage ?? []),
    constraints,
  };
}

/**
 * Parses `KEY=VALUE` texts. A key alone is a switch, as in pip. A key that is given several times gets a list of
 * values (PEP 517).
 */
function settingsOf(texts: readonly string[]): ConfigSettings {
  const settings = new Map<string, string[]>();
  for (const text of texts) {
    const equals = text.indexOf("=");
    const key = (equals < 0 ? text : text.slice(0, equals)).trim();
    if (key === "") {
      throw new PosyError("usage", `invalid value for \`--config-setting\`: ${quote(text)} has no key`, {
        hint: "write it as `KEY=VALUE`",
      });
    }
    settings.set(key, [...(settings.get(key) ?? []), equals < 0 ? "" : text.slice(equals + 1)]);
  }
  return Object.fromEntries(
    [...settings].map(([key, values]) => [key, values.length === 1 ? (values[0] as string) : values]),
  );
}

function packageSettings(
  file: FileBuildOptions,
  written: readonly string[],
): ReadonlyMap<PackageName, ConfigSettings> {
  const texts = new Map<PackageName, string[]>();
  const add = (name: PackageName, text: string) => texts.set(name, [...(texts.get(name) ?? []), text]);
  for (const [name, text] of file.settings) add(name, text);
  for (const text of written) {
    const [, name, setting] = /^([^:=]+):(.+)$/s.exec(text) ?? [];
    if (name === undefined || setting === undefined) {
      throw new PosyError("usage", `invalid value for \`--config-settings-package\`: ${quote(text)}`, {
        hint: "write it as `NAME:KEY=VALUE`",
      });
    }
    add(parsePackageName(name), setting);
  }
  return new Map([...texts].map(([name, values]) => [name, settingsOf(values)]));
}

/** Whether the value of an environment variable means "on": `1`, `true`, `yes`, `y`, `on` or `t`. */
export function isOn(value: string): boolean {
  return /^(1|true|yes|y|on|t)$/i.test(value);
}

function words(text: string | undefined): readonly string[] {
  return (text ?? "").split(/[\s,]+/).filter((word) => word !== "");
}
