import { homedir } from "node:os";
import { join } from "node:path";
import { asPosyError, errnoOf } from "../../system/files.ts";
import { defaultIndexUrl } from "../default-index-url.ts";
import { type IndexLocation, type IndexSettings, plainIndexSettings } from "../index-settings.ts";
import type { ConfigurationLayer } from "./layer.ts";
import { pipConfigurationFiles } from "./pip-files.ts";
import { pipLayer, pipOptionsOfEnvironment, pipOptionsOfFile } from "./pip-layer.ts";
import { environmentLayer, namedCredentials } from "./uv-environment.ts";
import { uvFileLayer } from "./uv-file.ts";
import { foldersUpwards, uvUserFiles } from "./uv-files.ts";
import { readNamedText } from "../../system/named-file.ts";

/** What environment and configuration files say: settings without the index that comes last. */
export interface IndexConfiguration extends IndexSettings {
  /** Takes the place of the public index, unless an option does. */
  readonly defaultIndex?: IndexLocation;
}

export interface ConfigurationPlace {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly platform?: NodeJS.Platform;
}

/**
 * Reads what people have configured for pip and uv. What comes first here wins; lists are joined in this order:
 * `POSY_…` variables, `UV_…`, `PIP_…`, the project's `uv.toml` or `[tool.uv]`, the user's and the system's `uv.toml`, `pip.conf` in
 * pip's own order. Throws `invalid-configuration`, `invalid-url`.
 */
export async function readIndexConfiguration(place: ConfigurationPlace): Promise<IndexConfiguration> {
  const { environment, cwd } = place;
  const platform = place.platform ?? process.platform;
  const user = environment["HOME"] || environment["USERPROFILE"] || homedir();
  const [project, uvFiles, pipFiles] = await Promise.all([
    projectLayer(environment, cwd),
    readAll(uvUserFiles(environment, user, platform)),
    readAll(pipConfigurationFiles(environment, user, platform)),
  ]);
  const users = await Promise.all(uvFiles.map(({ path, text }) => uvFileLayer(path, text)));
  // One option of pip has one value: its variable, else the strongest file that has it.
  const pipOptions = new Map(pipFiles.reverse().flatMap(({ text }) => [...pipOptionsOfFile(text)]));
  for (const [name, value] of pipOptionsOfEnvironment(environment)) pipOptions.set(name, value);
  const layers = [
    environmentLayer("POSY", environment, cwd),
    environmentLayer("UV", environment, cwd),
    ...(project ? [project] : []),
    ...users.flatMap((layer) => layer ?? []),
    pipLayer(pipOptions, cwd),
  ];
  return withNamedCredentials(joinLayers(layers), environment);
}

/** The indexes to search: those configured, and last the default, which is the public one where nothing else was said. */
export async function searchedIndexes(configuration: IndexConfiguration): Promise<readonly IndexLocation[]> {
  return [...configuration.indexes, configuration.defaultIndex ?? { url: await defaultIndexUrl() }];
}

function joinLayers(layers: readonly ConfigurationLayer[]): IndexConfiguration {
  const joined: Record<string, unknown> = { ...plainIndexSettings };
  for (const layer of [...layers].reverse()) Object.assign(joined, layer);
  const indexes = layers.flatMap((layer) => layer.indexes ?? []);
  return {
    ...(joined as unknown as IndexConfiguration),
    indexes: indexes.filter((index, at) => indexes.findIndex(({ url }) => url === index.url) === at),
    findLinks: [...new Set(layers.flatMap((layer) => layer.findLinks ?? []))],
    credentials: layers.flatMap((layer) => layer.credentials ?? []),
    trustedHosts: [...new Set(layers.flatMap((layer) => layer.trustedHosts ?? []))],
  };
}

function withNamedCredentials(
  configuration: IndexConfiguration,
  environment: NodeJS.ProcessEnv,
): IndexConfiguration {
  const { defaultIndex, indexes, credentials = [] } = configuration;
  const named = namedCredentials([...indexes, ...(defaultIndex ? [defaultIndex] : [])], environment);
  return { ...configuration, credentials: [...named, ...credentials] };
}

/** The nearest folder with a `uv.toml`, or a `pyproject.toml` that has `[tool.uv]`; `uv.toml` hides the table beside it, as uv has it. */
async function projectLayer(
  environment: NodeJS.ProcessEnv,
  cwd: string,
): Promise<ConfigurationLayer | undefined> {
  if (environment["UV_NO_CONFIG"] || environment["UV_CONFIG_FILE"]) return undefined;
  for (const folder of foldersUpwards(cwd)) {
    for (const { path, text } of await readAll([join(folder, "uv.toml"), join(folder, "pyproject.toml")])) {
      const layer = await uvFileLayer(path, text);
      if (layer) return layer;
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
