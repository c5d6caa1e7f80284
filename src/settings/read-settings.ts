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

/** Everything that options, variables and configuration files decide for one operation. */
export interface Settings {
  readonly brief: Brief;
  /** The origin of the Python request of the Brief; undefined if there is none. */
  readonly pythonAsker: PythonAsker | undefined;
  readonly index: IndexSettings;
  readonly pythonIndexes: readonly string[];
  /** The value of `--python-mirror`. If it is undefined, `readPythonMirror` reads the variables. */
  readonly pythonMirror: string | undefined;
  /** Every package must have a hash in a requirements file or a lock. */
  readonly requireHashes: boolean;
  /** The choices of variables and configuration files. They also apply to the Brief of a project. */
  readonly surrounding: SurroundingChoices;
  /** True if a requirements file has `--pre`. */
  readonly filesAllowPrereleases: boolean;
  /** A sentence for each setting or line that is not honoured. */
  readonly warnings: readonly string[];
}

/**
 * Combines options, variables and configuration files into settings. `typed` are requirements, each with its origin
 * for messages. `own` are files of a project, which are read with the project and not here. Throws `usage`,
 * `invalid-requirement`, `invalid-requirements-file`, `invalid-configuration`, `unknown-platform`, …
 */
export async function readSettings(
  options: BriefOptions & TargetOptions & IndexOptions,
  typed: readonly (readonly [text: string, origin: string])[],
  inputs: Inputs,
  own: ReadonlySet<string> = new Set(),
): Promise<Settings> {
  const { cwd, searchFolder } = inputs;
  const environment = inputs.environment as NodeJS.ProcessEnv;
  const typedRequirements: BriefRequirement[] = [];
  const typedSources: SourceRequirement[] = [];
  const editables = (options.withEditable ?? []).map((text) => [text, "-e", true] as const);
  for (const [text, origin, editable = false] of [...typed, ...editables]) {
    const read = parseTypedRequirement(text, cwd, editable);
    if (read.kind === "source") typedSources.push({ ...read.source, origin });
    else typedRequirements.push({ requirement: read.requirement, origin });
    const url = read.kind === "source" ? read.source.url : read.requirement.url;
    if (url?.startsWith("file:")) inputs.note(localPath(url) as string);
  }
  const configurationFiles = await readConfigurationFiles({ environment, cwd: searchFolder });
  const configuration = withoutCutoffs(configurationFiles, own);
  const surrounding = await readSurroundingChoices(configuration, own, inputs);
  const { configured } = surrounding;
  const files = await readRequirementsFiles(options.withRequirements ?? [], options.constraint ?? [], inputs);
  const requirements = [...typedRequirements, ...files.requirements];
  const sources = [...typedSources, ...files.sources];
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
      ? await readPythonSetting(options, { environment, cwd: searchFolder })
      : { warnings: [] };
  // The `pyproject.toml` of a folder declares the sources of its requirements.
  const local = await pathDependencySources(
    [...requirements.map(({ requirement }) => requirement), ...sources],
    cwd,
  );
  local.files.forEach((file) => inputs.note(file));
  const configuredIndex = await readIndexSettings(options, files.index, { environment, cwd }, configuration);
  const index = withPackageIndexes(configuredIndex, local.packageIndexes, { folder: cwd, environment });
  for (const address of [...index.findLinks, ...index.indexes.map(({ url }) => url)]) {
    if (/^([\\/]|[a-z]:[\\/])/i.test(address)) inputs.note(address);
  }
  return {
    brief: makeBrief({
      python: python.python,
      pythonOrigin: python.pythonOrigin,
      pythonVersion: options.pythonVersion,
      requirements,
      sources,
      constraints: [...files.constraints, ...local.constraints, ...surrounding.constraints],
      overrides: joinOverrides(typedOverrides, surrounding.overrides),
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

/** Refuses a version without a minor version: `3` would mean 3.0. Throws `invalid-version`, `usage`. */
function checkPythonVersion(text: string): void {
  if (parseVersion(text).release.length > 1) return;
  throw new PosyError(
    "usage",
    `invalid value for \`--python-version\`: ${quote(text)} has no minor version`,
    {
      hint: "write it as `3.13` or `3.13.1`; `--python '>=3.13'` asks for any that fits",
    },
  );
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

/** Returns the overrides. A typed one replaces all others of the same package. */
function joinOverrides(typed: readonly BriefRequirement[], others: readonly BriefRequirement[]) {
  const names = new Set(typed.map(({ requirement }) => requirement.name));
  return [...typed, ...others.filter(({ requirement }) => !names.has(requirement.name))];
}

/** Removes `exclude-newer` of a project's `uv.toml`: it is read with the project. */
function withoutCutoffs(files: ConfigurationFiles, own: ReadonlySet<string>): ConfigurationFiles {
  const { project } = files;
  if (project === undefined || !own.has(project.path)) return files;
  const { "exclude-newer": _, "exclude-newer-package": __, ...table } = project.table;
  return { ...files, project: { ...project, table } };
}

function words(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
