import { join } from "node:path";
import { asPosyError, errnoOf, readNamedText, userFolder } from "../../system/fs/index.ts";
import { pipConfigurationFiles } from "./pip-files.ts";
import { type PipOptions, pipOptionsOfFile } from "./pip-layer.ts";
import { type UvTable, uvTableOf } from "./uv-file.ts";
import { foldersUpwards, uvUserFiles } from "./uv-files.ts";

export interface ConfigurationContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly platform?: NodeJS.Platform;
}

/** The configuration files of uv and pip that apply in a folder. */
export interface ConfigurationFiles {
  /** The nearest `uv.toml`, or the nearest `pyproject.toml` with `[tool.uv]`. */
  readonly project?: UvTable;
  /** The user's and the system's `uv.toml`, in order of precedence, strongest first. */
  readonly users: readonly UvTable[];
  /** The `pip.conf` files, in order of precedence, strongest first. */
  readonly pip: readonly { readonly path: string; readonly options: PipOptions }[];
}

/**
 * Reads the configuration files of uv and pip. Throws `invalid-configuration` if a file is not valid TOML.
 */
export async function readConfigurationFiles(context: ConfigurationContext): Promise<ConfigurationFiles> {
  const { environment, cwd } = context;
  const platform = context.platform ?? process.platform;
  const user = userFolder(environment);
  const [project, uvFiles, pipFiles] = await Promise.all([
    projectTable(environment, cwd),
    readAll(uvUserFiles(environment, user, platform)),
    readAll(pipConfigurationFiles(environment, user, platform)),
  ]);
  const users = await Promise.all(uvFiles.map(({ path, text }) => uvTableOf(path, text)));
  return {
    ...(project && { project }),
    users: users.flatMap((table) => table ?? []),
    pip: pipFiles.map(({ path, text }) => ({ path, options: pipOptionsOfFile(text) })),
  };
}

/**
 * Returns the uv table of the nearest folder that has a `uv.toml`, or a `pyproject.toml` with `[tool.uv]`. A
 * `uv.toml` hides the table of the `pyproject.toml` next to it, as in uv.
 */
async function projectTable(environment: NodeJS.ProcessEnv, cwd: string): Promise<UvTable | undefined> {
  if (environment["UV_NO_CONFIG"] || environment["UV_CONFIG_FILE"]) return undefined;
  for (const folder of foldersUpwards(cwd)) {
    for (const { path, text } of await readAll([join(folder, "uv.toml"), join(folder, "pyproject.toml")])) {
      const table = await uvTableOf(path, text);
      if (table) return table;
    }
  }
  return undefined;
}

/** Returns the files that exist, in the given order. */
async function readAll(paths: readonly string[]): Promise<{ path: string; text: string }[]> {
  const texts = await Promise.all(
    paths.map(async (path) => {
      try {
        return [{ path, text: await readNamedText(path) }];
      } catch (error) {
        if (["ENOENT", "ENOTDIR", "EACCES", "EISDIR"].includes(errnoOf(error))) return [];
        throw asPosyError(error, `reading \`${path}\``);
      }
    }),
  );
  return texts.flat();
}
