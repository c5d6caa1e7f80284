import { splitLocation } from "../packages/configuration/index-entry.ts";
import { namedCredentials } from "../packages/configuration/uv-environment.ts";
import type { IndexSettings } from "../packages/index-settings.ts";
import type { PackageIndex } from "../project/pyproject/brief-parts.ts";
import type { KnownCredentials } from "../system/http/credentials.ts";
import type { PackageName } from "../vocab/requirement/name.ts";

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
