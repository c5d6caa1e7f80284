import { type IndexSettings, namedCredentials, splitLocation } from "../packages/index.ts";
import type { PackageIndex } from "../project/index.ts";
import type { KnownCredentials } from "../system/http/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";

/**
 * Returns the settings with these indexes for single packages, instead of any others for single packages. Credentials
 * come from the URLs, or from variables by the name of the index. `folder` is the absolute folder that relative paths
 * start from.
 */
export function withPackageIndexes(
  settings: IndexSettings,
  packages: ReadonlyMap<PackageName, readonly PackageIndex[]>,
  { folder, environment }: { readonly folder: string; readonly environment: NodeJS.ProcessEnv },
): IndexSettings {
  const credentials: KnownCredentials[] = [];
  const packageIndexes = [...packages].map(([name, choices]) => {
    const locations = choices.map(({ index, marker }) => {
      const { url, credentials: login } = splitLocation(index.url, folder);
      if (login !== undefined) credentials.push({ url, credentials: login });
      const { name: indexName } = index;
      credentials.push(...namedCredentials([{ url, ...(indexName && { name: indexName }) }], environment));
      return { url, ...(marker && { marker }) };
    });
    return [name, locations] as const;
  });
  return {
    ...settings,
    packageIndexes: new Map(packageIndexes),
    credentials: [...credentials, ...(settings.credentials ?? [])],
  };
}
