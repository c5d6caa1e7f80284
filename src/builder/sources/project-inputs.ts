import { join } from "node:path";
import { buildFileText, readBuildHints } from "./build-file-heuristics.ts";
import { historyFiles } from "./history-files.ts";
import { metadataFiles } from "./metadata-files.ts";
import { missingModules } from "./missing-modules.ts";
import { uvCacheKeys } from "./uv-cache-keys.ts";

/** What a build backend may compute the metadata of a local project from. */
export interface ProjectInputs {
  /** Absolute paths of files and folders. Some may not exist. They are compared by `stat`. */
  readonly paths: readonly string[];
  /**
   * Absolute paths of folders. What was found in them is in `paths`, so an entry that is added to one matters only if
   * `paths` is another afterwards.
   */
  readonly folders: readonly string[];
  /** Names of environment variables. */
  readonly variables: readonly string[];
}

/**
 * Returns what the metadata of a project may come from: files, the history of its repository if the version comes from
 * it, variables that the build files name, and what `cache-keys` in `[tool.uv]` adds. If it has no modules yet, the
 * paths where they will be are among them. Nothing is run.
 */
export async function projectInputs(project: string): Promise<ProjectInputs> {
  const files = metadataFiles(project);
  const { usesHistory } = readBuildHints(project);
  const keys = await uvCacheKeys(project);
  const history = usesHistory || keys.usesHistory ? historyFiles(project) : [];
  return {
    paths: [...new Set([...files, ...history, ...keys.paths, ...missingModules(project)])],
    folders: [...new Set(keys.folders)],
    variables: [
      ...new Set([
        ...namedVariables(files),
        ...(usesHistory ? versionVariables(project) : []),
        ...keys.variables,
      ]),
    ],
  };
}

/** Returns the variables that build files read: `{env:NAME}` of hatchling, `os.environ["NAME"]` of Python. */
function namedVariables(files: readonly string[]): readonly string[] {
  return files.flatMap((path) => {
    const text = buildFileText(path);
    const expression = path.endsWith(".py")
      ? /\b(?:environ(?:\.get\(|\[)|getenv\()\s*["'](\w+)["']/g
      : path.endsWith(".toml")
        ? /\{env:(\w+)|\bvariable\s*=\s*["'](\w+)["']/g
        : undefined;
    if (expression === undefined) return [];
    return [...text.matchAll(expression)].map(([, one, other]) => one ?? other ?? "");
  });
}

/** Returns the variables that replace the version of a history. Each tool documents its own. */
function versionVariables(project: string): readonly string[] {
  const name = /^\s*name\s*=\s*["']?([\w.-]+)/m.exec(
    buildFileText(join(project, "pyproject.toml")) || buildFileText(join(project, "setup.cfg")),
  )?.[1];
  const forProject = name?.replaceAll(/[-_.]+/g, "_").toUpperCase();
  return [
    "SETUPTOOLS_SCM_PRETEND_VERSION",
    ...(forProject === undefined ? [] : [`SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${forProject}`]),
    "PDM_BUILD_SCM_VERSION",
    "PBR_VERSION",
    "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "UV_DYNAMIC_VERSIONING_BYPASS",
  ];
}
