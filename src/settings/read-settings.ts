import {
  type ConfigurationFiles,
  type IndexSettings,
  localPath,
  readConfigurationFiles,
} from "../packages/index.ts";
import {
  type Brief,
  type BriefRequirement,
  joinPolicies,
  makeBrief,
  type SourceRequirement,
} from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import {
  buildPolicyOf,
  parseTypedRequirement,
  pathDependencySources,
  readRequirementsFiles,
} from "../project/index.ts";
import { choose, quote } from "../text/index.ts";
import { parseVersion } from "../vocab/version/index.ts";
import { platformNames } from "../vocab/tags/index.ts";
import { checkHashMode } from "./hash-mode.ts";
import { readBuildPolicy } from "./build-settings.ts";
import { readIndexSettings } from "./index-settings.ts";
import { withPackageIndexes } from "./project-index-settings.ts";
import type { Inputs } from "./inputs.ts";
import { readPrerelease } from "./prerelease.ts";
import { readPrefer, readSurroundingChoices, type SurroundingChoices } from "./surrounding-choices.ts";
import { type PythonAsker, type PythonSetting, readPythonSetting } from "./python-setting.ts";
import type { BriefOptions, IndexOptions, TargetOptions } from "./options.ts";

export interface Settings {
  readonly brief: Brief;
  /** Who asks for the Brief's Python; missing where nobody does. */
  readonly pythonAsker: PythonAsker | undefined;
  readonly index: IndexSettings;
  readonly pythonIndexes: readonly string[];
  /** What `--python-mirror` says; variables are read where it is not given (`readPythonMirror`). */
  readonly pythonMirror: string | undefined;
  /** Every package must have a hash that somebody wrote down. */
  readonly requireHashes: boolean;
  /** What of the Brief, or of a project's in its place, is not typed. */
  readonly surrounding: SurroundingChoices;
  /** A requirements file that was named has `--pre`. */
  readonly filesAllowPrereleases: boolean;
  readonly warnings: readonly string[];
}

/**
 * Options and everything around them → what holds. `typed` are requirements with the place they were typed at, `own` the files that
 * speak for a project and are read with it.
 */
export async function readSettings(
  options: BriefOptions & TargetOptions & IndexOptions,
  typed: readonly (readonly [text: string, origin: string])[],
  inputs: Inputs,
  own: ReadonlySet<string> = new Set(),
): Promise<Settings> {
  const { cwd } = inputs;
  const environment = inputs.environment as NodeJS.ProcessEnv;
  const asked: BriefRequirement[] = [];
  const places: SourceRequirement[] = [];
  const editables = (options.withEditable ?? []).map((text) => [text, "-e", true] as const);
  for (const [text, origin, editable = false] of [...typed, ...editables]) {
    const read = parseTypedRequirement(text, cwd, editable);
    if (read.kind === "source") places.push({ ...read.source, origin });
    else asked.push({ requirement: read.requirement, origin });
    const url = read.kind === "source" ? read.source.url : read.requirement.url;
    if (url?.startsWith("file:")) inputs.note(localPath(url) as string);
  }
  const found = await readConfigurationFiles({ environment, cwd });
  const configuration = withoutCutoffs(found, own);
  const surrounding = await readSurroundingChoices(configuration, own, inputs);
  const { configured } = surrounding;
  const files = await readRequirementsFiles(options.withRequirements ?? [], options.constraint ?? [], inputs);
  const requirements = [...asked, ...files.requirements];
  const sources = [...places, ...files.sources];
  const { constraints: typedOverrides } = await readRequirementsFiles([], options.override ?? [], inputs);
  const { constraints: buildConstraints } = await readRequirementsFiles(
    [],
    options.buildConstraint ?? [],
    inputs,
  );
  const builds = joinPolicies(readBuildPolicy(options, files.builds, buildConstraints, environment), {
    ...buildPolicyOf(configured),
    constraints: surrounding.builds.constraints,
  });
  const requireHashes =
    options.requireHashes ?? (files.requireHashes || (surrounding.requireHashes ?? false));
  if (requireHashes) {
    const constraints = [...files.constraints, ...surrounding.constraints];
    checkHashMode({ requirements, constraints, sources });
  }
  const prerelease = readPrerelease(options.prerelease ?? [], files.prerelease, environment, configured);
  if (options.pythonVersion !== undefined) checkPythonVersion(options.pythonVersion);
  const python: PythonSetting =
    options.pythonVersion === undefined
      ? await readPythonSetting(options, { environment, cwd })
      : { warnings: [] };
  // Folders say where what they ask for is to be had.
  const local = await pathDependencySources(
    [...requirements.map(({ requirement }) => requirement), ...sources],
    cwd,
  );
  local.files.forEach((file) => inputs.note(file));
  const configuredIndex = await readIndexSettings(options, files.index, { environment, cwd }, configuration);
  const index = withPackageIndexes(configuredIndex, local.packageIndexes, { folder: cwd, environment });
  for (const place of [...index.findLinks, ...index.indexes.map(({ url }) => url)]) {
    if (/^([\\/]|[a-z]:[\\/])/i.test(place)) inputs.note(place);
  }
  return {
    brief: makeBrief({
      python: python.python,
      pythonOrigin: python.pythonOrigin,
      pythonVersion: options.pythonVersion,
      requirements,
      sources,
      constraints: [...files.constraints, ...local.constraints, ...surrounding.constraints],
      overrides: overridden(typedOverrides, surrounding.overrides),
      platforms: (options.platform ?? []).map(platformOf),
      prerelease: prerelease.mode,
      prereleasePackages: prerelease.packages,
      builds,
      prefer: readPrefer(options.prefer ?? options.resolution, environment, configured) ?? "highest",
    }),
    pythonAsker: python.pythonAsker,
    index,
    pythonMirror: options.pythonMirror,
    pythonIndexes: options.pythonIndex ?? words(environment["POSY_PYTHON_INDEX"]),
    requireHashes,
    surrounding,
    filesAllowPrereleases: files.prerelease,
    warnings: [...files.warnings, ...python.warnings, ...surrounding.warnings],
  };
}

/** `3` would be 3.0, which nobody means. Throws `invalid-version`, `usage`. */
function checkPythonVersion(text: string): void {
  if (parseVersion(text).release.length > 1) return;
  throw new PosyError("usage", `\`--python-version\` takes no ${quote(text)}: it has no minor version`, {
    hint: "write it as `3.13` or `3.13.1`; `--python '>=3.13'` asks for any that fits",
  });
}

/** Throws `unknown-platform`. */
function platformOf(name: string) {
  try {
    return choose("--platform", name, platformNames);
  } catch (error) {
    throw new PosyError("unknown-platform", `there is no platform \`${name}\``, {
      hint: (error as PosyError).hint,
    });
  }
}

/** What is typed stands in the place of what else is said of the same package. */
function overridden(typed: readonly BriefRequirement[], others: readonly BriefRequirement[]) {
  const names = new Set(typed.map(({ requirement }) => requirement.name));
  return [...typed, ...others.filter(({ requirement }) => !names.has(requirement.name))];
}

/** What a project's own file says of when files were uploaded is read with the project. */
function withoutCutoffs(files: ConfigurationFiles, own: ReadonlySet<string>): ConfigurationFiles {
  const { project } = files;
  if (project === undefined || !own.has(project.path)) return files;
  const { "exclude-newer": _, "exclude-newer-package": __, ...table } = project.table;
  return { ...files, project: { ...project, table } };
}

function words(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
