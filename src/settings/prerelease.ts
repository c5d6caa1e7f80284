import { type PrereleaseMode, prereleaseModes } from "../model/index.ts";
import type { Choices } from "../project/index.ts";
import { type PackageName, parsePackageName } from "../vocab/requirement/index.ts";
import { choose } from "../text/index.ts";

/** Older names of modes, from uv. */
const uvModes: Readonly<Record<string, PrereleaseMode>> = { "if-necessary-or-explicit": "if-necessary" };

/** The pre-release mode, and the modes of single packages. */
export interface PrereleaseSettings {
  readonly mode: PrereleaseMode;
  readonly packages: ReadonlyMap<PackageName, PrereleaseMode>;
}

/**
 * Returns the pre-release modes. `--prerelease MODE` and `--prerelease NAME=MODE` come first, then `--pre` of a
 * requirements file (`filePre`), then the variables of Posy, uv and pip, then their configuration files. Throws
 * `usage`, `invalid-name`.
 */
export function readPrerelease(
  written: readonly string[],
  filePre: boolean,
  environment: NodeJS.ProcessEnv,
  configured: Choices = {},
): PrereleaseSettings {
  const packages = new Map(configured.prereleasePackages);
  let mode: PrereleaseMode | undefined;
  for (const text of written) {
    const [, name, value = text] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) mode = modeOf(value);
    else packages.set(parsePackageName(name), modeOf(value));
  }
  const pip = /^(1|true|yes|y|on|t)$/i.test(environment["PIP_PRE"] ?? "") ? "allow" : undefined;
  const variable = environment["POSY_PRERELEASE"] || environment["UV_PRERELEASE"] || pip;
  mode ??= filePre ? "allow" : variable ? modeOf(variable) : (configured.prerelease ?? "if-necessary");
  return { mode, packages };
}

function modeOf(text: string): PrereleaseMode {
  return uvModes[text] ?? choose("--prerelease", text, prereleaseModes);
}
