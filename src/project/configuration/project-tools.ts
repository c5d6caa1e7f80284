import { isTable, keyIn, type TomlTable } from "../../toml/index.ts";
import { all, type Handling, honoured, irrelevant } from "./handling.ts";

/**
 * The keys of Poetry, PDM and Hatch in `pyproject.toml`, by tool, and how Posy handles them. A key of any environment
 * is written `envs.*.dependencies`.
 */
export const projectTools: Readonly<Record<"poetry" | "pdm" | "hatch", ReadonlyMap<string, Handling>>> = {
  poetry: new Map([
    // Keys that only the build backend reads, or that configure Poetry itself.
    ...all(
      irrelevant,
      `name version description license authors maintainers readme homepage repository documentation keywords
      classifiers packages include exclude scripts plugins urls build requires-poetry requires-plugins build-settings`,
    ),
    ["dependencies", "requirements belong into `[project]`, their sources into `[tool.posy.sources]`"],
    ["dev-dependencies", "groups belong into `[dependency-groups]`"],
    ["group", "groups belong into `[dependency-groups]`"],
    ["extras", "extras belong into `[project.optional-dependencies]`"],
    ["source", "indexes belong into `[[tool.posy.indexes]]`"],
    ["package-mode", "`package` of `[tool.posy]` says whether the project is installed"],
  ]),
  pdm: new Map([
    ...all(irrelevant, "build version scripts plugins publish ignore_package_warnings global_project"),
    ["source", "indexes belong into `[[tool.posy.indexes]]`"],
    ["resolution", "`overrides` and `constraints` belong into `[tool.posy]`"],
    ["dev-dependencies", "groups belong into `[dependency-groups]`"],
    ["distribution", "`package` of `[tool.posy]` says whether the project is installed"],
    ["options", "how versions are chosen belongs into `[tool.posy]`"],
  ]),
  hatch: new Map([
    ...all(irrelevant, "build metadata version publish env"),
    ["envs", honoured],
    ["workspace", "sources of packages belong into `[tool.posy.sources]`"],
    ...all(
      "environments belong into `[tool.posy.envs]`, what is in them into `[dependency-groups]`",
      `envs.*.dependencies envs.*.extra-dependencies envs.*.dependency-groups envs.*.features envs.*.extra-features
      envs.*.python envs.*.matrix envs.*.skip-install envs.*.detached envs.*.workspace`,
    ),
  ]),
};

/** Returns one warning for each tool whose table affects what is installed. `path` is the `pyproject.toml`. */
export function projectToolWarnings(file: TomlTable, path: string): readonly string[] {
  const tool = isTable(file["tool"]) ? file["tool"] : {};
  return Object.entries(projectTools).flatMap(([name, table]) => {
    const written = tool[name];
    if (!isTable(written)) return [];
    const found = keysOf(name, written, file).flatMap(([key, general]) => {
      const handling = table.get(general);
      return handling === undefined || handling === honoured || handling === irrelevant
        ? []
        : [{ key: `\`${keyIn("tool", name)}.${key}\``, handling }];
    });
    if (found.length === 0) return [];
    const keys = found.map(({ key }) => key);
    const advice = [...new Set(found.map(({ handling }) => handling))].join("; ");
    return [`${listed(keys)} in \`${path}\` ${keys.length > 1 ? "are" : "is"} not honoured: ${advice}`];
  });
}

/** Returns the written keys, each with its name in `projectTools`. */
function keysOf(name: string, written: TomlTable, file: TomlTable): readonly (readonly [string, string])[] {
  return Object.entries(written).flatMap(([key, value]): (readonly [string, string])[] => {
    if (name === "hatch" && key === "envs" && isTable(value)) {
      return Object.entries(value).flatMap(([env, envTable]) =>
        Object.keys(isTable(envTable) ? envTable : {}).map(
          (part) => [`${keyIn("envs", env)}.${part}`, `envs.*.${part}`] as const,
        ),
      );
    }
    // Poetry's `python` dependency repeats `requires-python`.
    const project = file["project"];
    const onlyPython = isTable(value) && Object.keys(value).every((name) => name === "python");
    const hasRequiresPython = isTable(project) && project["requires-python"] !== undefined;
    return key === "dependencies" && onlyPython && hasRequiresPython ? [] : [[key, key]];
  });
}

function listed(keys: readonly string[]): string {
  const shown = keys.slice(0, 4);
  const more = keys.length - shown.length;
  const last = more > 0 ? `${more} more` : shown.length > 1 ? shown.pop() : undefined;
  return last === undefined ? shown.join(", ") : `${shown.join(", ")} and ${last}`;
}
