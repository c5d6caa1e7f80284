import { defaultIndexUrl } from "../default-index-url.ts";
import { type IndexLocation, type IndexSettings, plainIndexSettings } from "../index-settings.ts";
import {
  type ConfigurationFiles,
  type ConfigurationContext,
  readConfigurationFiles,
} from "./configuration-files.ts";
import type { ConfigurationLayer } from "./layer.ts";
import { pipLayer, pipOptionsOfEnvironment } from "./pip-layer.ts";
import { environmentLayer, namedCredentials } from "./uv-environment.ts";
import { uvLayer } from "./uv-file.ts";

/**
 * The index settings from variables and configuration files. `indexes` lacks the default index, which is
 * searched last.
 */
export interface IndexConfiguration extends IndexSettings {
  /** Replaces the public index, unless an option does. */
  readonly defaultIndex?: IndexLocation;
}

/**
 * Reads the index settings that are configured for pip, uv and Posy. The first source that has a setting
 * wins, and lists are joined, in this order: `POSY_…` variables, `UV_…`, `PIP_…`, the project's `uv.toml` or
 * `[tool.uv]`, the user's and the system's `uv.toml`, then `pip.conf` in pip's order. Throws
 * `invalid-configuration`, `invalid-url`.
 */
export async function readIndexConfiguration(
  context: ConfigurationContext,
  files?: ConfigurationFiles,
): Promise<IndexConfiguration> {
  const { environment, cwd } = context;
  const { project, users, pip } = files ?? (await readConfigurationFiles(context));
  // An option of pip has one value: that of its variable, otherwise that of the strongest file that sets it.
  const pipOptions = new Map([...pip].reverse().flatMap(({ options }) => [...options]));
  for (const [name, value] of pipOptionsOfEnvironment(environment)) pipOptions.set(name, value);
  const layers = [
    environmentLayer("POSY", environment, cwd),
    environmentLayer("UV", environment, cwd),
    ...(project ? [uvLayer(project)] : []),
    ...users.map(uvLayer),
    pipLayer(pipOptions, cwd),
  ];
  return withNamedCredentials(joinLayers(layers), environment);
}

/**
 * Returns the indexes to search: the configured ones, then the default index, which is the public one unless
 * another was configured.
 */
export async function searchedIndexes(configuration: IndexConfiguration): Promise<readonly IndexLocation[]> {
  return [...configuration.indexes, configuration.defaultIndex ?? { url: await defaultIndexUrl() }];
}

function joinLayers(layers: readonly ConfigurationLayer[]): IndexConfiguration {
  const joined: Record<string, unknown> = { ...plainIndexSettings };
  for (const layer of [...layers].reverse()) Object.assign(joined, layer);
  if (joined["excludeNewer"] === false) delete joined["excludeNewer"];
  const indexes = layers.flatMap((layer) => layer.indexes ?? []);
  const cutoffs = [...layers].reverse().flatMap((layer) => [...(layer.excludeNewerPackages ?? [])]);
  return {
    ...(joined as unknown as IndexConfiguration),
    ...(cutoffs.length > 0 ? { excludeNewerPackages: new Map(cutoffs) } : {}),
    indexes: indexes.filter(
      (index, position) => indexes.findIndex(({ url }) => url === index.url) === position,
    ),
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
