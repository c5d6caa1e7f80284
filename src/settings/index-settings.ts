import {
  type ConfigurationFiles,
  type IndexEntry,
  type IndexSettings,
  namedCredentials,
  parseExcludeNewer,
  parseIndexEntry,
  parsePackageCutoffs,
  parseStrategy,
  readIndexConfiguration,
  searchedIndexes,
  splitLocation,
} from "../packages/index.ts";
import type { FileIndexOptions } from "../project/index.ts";
import { parsePackageName } from "../vocab/requirement/index.ts";
import type { IndexOptions } from "./options.ts";

/** The environment variables and the current folder, absolute, that settings are read from. */
export interface SettingsContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/**
 * Returns the index settings. Options override requirements files, and these override variables and configuration
 * files (of Posy, uv and pip). Lists are joined in that order.
 */
export async function readIndexSettings(
  options: IndexOptions,
  file: FileIndexOptions | undefined,
  context: SettingsContext,
  files?: ConfigurationFiles,
): Promise<IndexSettings> {
  const configured = await readIndexConfiguration(context, files);
  const entry = (text: string) => parseIndexEntry(text, context.cwd);
  const entries = [
    ...(options.index ?? []),
    ...(options.extraIndexUrl ?? []),
    ...(file?.extraIndexUrls ?? []),
  ].map(entry);
  const mainText = options.defaultIndex ?? options.indexUrl ?? file?.indexUrl;
  const main = mainText === undefined ? undefined : entry(mainText);
  const links = [...(options.findLinks ?? []), ...(file?.findLinks ?? [])].map((link) =>
    splitLocation(link, context.cwd),
  );
  const named = [...entries, ...(main ? [main] : [])];
  const indexes = await searchedIndexes({
    ...configured,
    indexes: [...entries.map(({ location }) => location), ...configured.indexes],
    ...(main ? { defaultIndex: main.location } : {}),
  });
  const refreshed = options.refreshPackage ?? [];
  return {
    ...configured,
    indexes,
    findLinks: [...links.map(({ url }) => url), ...configured.findLinks],
    noIndex: options.noIndex ?? (file?.noIndex || configured.noIndex),
    offline: options.offline ?? configured.offline,
    refresh: options.refresh ?? (refreshed.length > 0 ? new Set(refreshed.map(parsePackageName)) : false),
    credentials: [
      ...credentialsOf(named),
      ...links.flatMap(({ url, credentials }) => (credentials ? [{ url, credentials }] : [])),
      ...namedCredentials(
        named.map(({ location }) => location),
        context.environment,
      ),
      ...(configured.credentials ?? []),
    ],
    trustedHosts: [
      ...(options.trustedHost ?? []),
      ...(file?.trustedHosts ?? []),
      ...(configured.trustedHosts ?? []),
    ],
    ...(options.indexStrategy === undefined ? {} : { strategy: parseStrategy(options.indexStrategy) }),
    ...(options.excludeNewer === undefined ? {} : { excludeNewer: parseExcludeNewer(options.excludeNewer) }),
    ...(options.excludeNewerPackage === undefined
      ? {}
      : {
          excludeNewerPackages: new Map([
            ...(configured.excludeNewerPackages ?? []),
            ...parsePackageCutoffs(options.excludeNewerPackage),
          ]),
        }),
    ...(options.cert === undefined ? {} : { certificates: options.cert }),
  };
}

function credentialsOf(entries: readonly IndexEntry[]) {
  return entries.flatMap(({ credentials }) => credentials ?? []);
}
