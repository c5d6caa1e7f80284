import { type IndexSettings, namedCredentials, splitLocation } from "../packages/index.ts";
import type { PackageIndex } from "../project/index.ts";
import type { KnownCredentials } from "../system/http/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";

/** Settings with the indexes that single packages come from, and no others of that kind. Logins are in addresses, or in variables by the name. */
export function withPackageIndexes(
  settings: IndexSettings,
  packages: ReadonlyMap<PackageName, readonly PackageIndex[]>,
  { folder, environment }: { readonly folder: string; readonly environment: NodeJS.ProcessEnv },
): IndexSettings {
  const credentials: KnownCredentials[] = [];
  const packageIndexes = [...packages].map(([name, choices]) => {
    const places = choices.map(({ index, marker }) => {
      const { url, credentials: login } = splitLocation(index.url, folder);
      if (login !== undefined) credentials.push({ url, credentials: login });
      const { name: indexName } = index;
      credentials.push(...namedCredentials([{ url, ...(indexName && { name: indexName }) }], environment));
      return { url, ...(marker && { marker }) };
    });
    return [name, places] as const;
  });
  return {
    ...settings,
    packageIndexes: new Map(packageIndexes),
    credentials: [...credentials, ...(settings.credentials ?? [])],
  };
}
