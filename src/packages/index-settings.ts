import type { KnownCredentials } from "../system/http/index.ts";
import type { Marker, PackageName } from "../vocab/requirement/index.ts";
import type { PackageCutoffs } from "./configuration/exclude-newer.ts";

/** An index: the URL of its simple pages, or a folder on this disk. */
export interface IndexLocation {
  /** `https://…/simple/`, `file:///…`, or a path. Has no credentials (`splitLocation` removes them). */
  readonly url: string;
  /** uv's `[[index]] name`. */
  readonly name?: string;
  /** The index is used only by packages that name it, and is never searched for others. */
  readonly explicit?: boolean;
}

/** An index that a package must come from if the marker holds. */
export interface PackageIndexLocation {
  /** Same forms as `IndexLocation.url`. */
  readonly url: string;
  readonly marker?: Marker;
}

/** Where packages come from, and how requests are made. */
export interface IndexSettings {
  /** In order of priority. */
  readonly indexes: readonly IndexLocation[];
  /**
   * Packages that must come from one index. The first entry whose marker holds counts; no other index and no
   * `findLinks` is searched for the package.
   */
  readonly packageIndexes?: ReadonlyMap<PackageName, readonly PackageIndexLocation[]>;
  /** Folders, pages and files that are searched in addition to the indexes. */
  readonly findLinks: readonly string[];
  /** Search `findLinks` only. */
  readonly noIndex: boolean;
  /**
   * `first-index`: take all files from the first index that has the name. This protects against dependency
   * confusion. `merge`: take the files of all indexes.
   */
  readonly strategy: "first-index" | "merge";
  /** Ignore files that were uploaded at or after this moment, and files without an upload time. */
  readonly excludeNewer?: Date;
  /** Cut-offs of single packages, which replace `excludeNewer`. `false`: ignore no files of the package. */
  readonly excludeNewerPackages?: PackageCutoffs;
  /** Use only what is on this disk. */
  readonly offline: boolean;
  /** Ask the indexes again although the cache is fresh: for all packages, or for these. */
  readonly refresh: boolean | ReadonlySet<PackageName>;
  readonly credentials?: readonly KnownCredentials[];
  /** Ask the `keyring` program for credentials after a server refused access. */
  readonly keyring?: boolean;
  /** A file or folder of PEM certificates to trust. */
  readonly certificates?: string;
  /** A PEM file with a certificate and its key. */
  readonly clientCertificate?: string;
  readonly proxy?: string;
  /** `host` or `host:port`. */
  readonly trustedHosts?: readonly string[];
  /** The maximum number of simultaneous requests. */
  readonly concurrency?: number;
  /** Seconds without any data after which a request fails. */
  readonly timeout?: number;
  /** The number of attempts after the first. */
  readonly retries?: number;
  /** uv's `python-install-mirror`: a copy of python-build-standalone. */
  readonly pythonMirror?: string;
  /** The address of a store of other machines, where built wheels are looked up: `oci://host/name`, or an index. */
  readonly remoteStore?: string;
  /** Upload what is built here to the remote store. */
  readonly remoteStorePush?: boolean;
}

/** The default settings, except for the default index, which `defaultIndexUrl` returns. */
export const plainIndexSettings: IndexSettings = {
  indexes: [],
  findLinks: [],
  noIndex: false,
  strategy: "first-index",
  offline: false,
  refresh: false,
};

/**
 * Returns a text that identifies the locations that packages come from. It is part of cache keys, so that an
 * answer from one set of indexes is not used for another.
 */
export function indexSettingsKey({
  indexes,
  packageIndexes,
  findLinks,
  noIndex,
  strategy,
}: IndexSettings): string {
  const urls = noIndex ? [] : indexes.filter(({ explicit }) => !explicit).map(({ url }) => url);
  const byPackage = [...(packageIndexes ?? [])].map(
    ([name, places]) => [name, places.map(({ url }) => url)] as const,
  );
  byPackage.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([urls, byPackage, findLinks, noIndex, strategy]);
}
