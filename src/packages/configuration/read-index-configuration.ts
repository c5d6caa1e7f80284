import { defaultIndexUrl } from "../default-index-url.ts";
import { type IndexLocation, type IndexSettings, plainIndexSettings } from "../index-settings.ts";
import {
  type ConfigurationFiles,
  type ConfigurationPlace,
  readConfigurationFiles,
} from "./configuration-files.ts";
import type { ConfigurationLayer } from "./layer.ts";
import { pipLayer, pipOptionsOfEnvironment } from "./pip-layer.ts";
import { environmentLayer, namedCredentials } from "./uv-environment.ts";
import { uvLayer } from "./uv-file.ts";

/** What environment and configuration files say: settings without the index that comes last. */
export interface IndexConfiguration extends IndexSettings {
  /** Takes the place of the public index, unless an option does. */
  readonly defaultIndex?: IndexLocation;
}

/**
 * Reads what people have configured for pip and uv. What comes first here wins; lists are joined in this order:
 * `POSY_…` variables, `UV_…`, `PIP_…`, the project's `uv.toml` or `[tool.uv]`, the user's and the system's `uv.toml`, `pip.conf` in
 * pip's own order. Throws `invalid-configuration`, `invalid-url`.
 */
export async function readIndexConfiguration(
  place: ConfigurationPlace,
  files?: ConfigurationFiles,
): Promise<IndexConfiguration> {
  const { environment, cwd } = place;
  const { project, users, pip } = files ?? (await readConfigurationFiles(place));
  // One option of pip has one value: its variable, else the strongest file that has it.
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

/** The indexes to search: those configured, and last the default, which is the public one where nothing else was said. */
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
