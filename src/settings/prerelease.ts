import { type PrereleaseMode, prereleaseModes } from "../model/index.ts";
import type { Choices } from "../project/index.ts";
import { type PackageName, parsePackageName } from "../vocab/requirement/index.ts";
import { choose } from "../text/index.ts";

/** What uv called its default before. */
const uvModes: Readonly<Record<string, PrereleaseMode>> = { "if-necessary-or-explicit": "if-necessary" };

export interface PrereleaseSettings {
  readonly mode: PrereleaseMode;
  readonly packages: ReadonlyMap<PackageName, PrereleaseMode>;
}

/** `--prerelease MODE` and `--prerelease NAME=MODE`; then a file's `--pre`; then the variables of Posy, uv and pip; then their files. */
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
  const said = environment["POSY_PRERELEASE"] || environment["UV_PRERELEASE"] || pip;
  mode ??= filePre ? "allow" : said ? modeOf(said) : (configured.prerelease ?? "if-necessary");
  return { mode, packages };
}

function modeOf(text: string): PrereleaseMode {
  return uvModes[text] ?? choose("--prerelease", text, prereleaseModes);
}
