import { homedir } from "node:os";
import { join } from "node:path";
import { asPosyError, errnoOf, readNamedText } from "../../system/fs/index.ts";
import { pipConfigurationFiles } from "./pip-files.ts";
import { type PipOptions, pipOptionsOfFile } from "./pip-layer.ts";
import { type UvTable, uvTableOf } from "./uv-file.ts";
import { foldersUpwards, uvUserFiles } from "./uv-files.ts";

export interface ConfigurationPlace {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly platform?: NodeJS.Platform;
}

/** The configuration of uv and pip that holds in a folder. */
export interface ConfigurationFiles {
  /** The nearest `uv.toml`, or `pyproject.toml` with `[tool.uv]`. */
  readonly project?: UvTable;
  /** The user's and the system's `uv.toml`, the strongest first. */
  readonly users: readonly UvTable[];
  /** The `pip.conf` files, the strongest first. */
  readonly pip: readonly { readonly path: string; readonly options: PipOptions }[];
}

/** Reads the configuration files of uv and pip. Throws `invalid-configuration` for what is not TOML. */
export async function readConfigurationFiles(place: ConfigurationPlace): Promise<ConfigurationFiles> {
  const { environment, cwd } = place;
  const platform = place.platform ?? process.platform;
  const user = environment["HOME"] || environment["USERPROFILE"] || homedir();
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

/** The nearest folder with a `uv.toml`, or a `pyproject.toml` that has `[tool.uv]`; `uv.toml` hides the table beside it, as uv has it. */
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

/** The files that are there, in the order given. */
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
