import type { KnownCredentials } from "../system/http/index.ts";
import type { Marker, PackageName } from "../vocab/requirement/index.ts";
import type { PackageCutoffs } from "./configuration/exclude-newer.ts";

/** An index: the URL of its simple pages, or a folder on this disk. */
export interface IndexLocation {
  /** `https://…/simple/`, `file:///…`, or a path; without credentials (`splitIndexUrl` takes them out). */
  readonly url: string;
  /** uv's `[[index]] name`. */
  readonly name?: string;
  /** Only for packages that ask for it by name: never searched. */
  readonly explicit?: boolean;
}

/** An index that a package comes from, where its marker holds. */
export interface PackageIndexLocation {
  /** As of an `IndexLocation`. */
  readonly url: string;
  readonly marker?: Marker;
}

/** Where packages come from, and how they are got. */
export interface IndexSettings {
  /** In the order of their priority. */
  readonly indexes: readonly IndexLocation[];
  /** The one index that a package comes from: no other and no `findLinks` is looked at for it. Of several the first that holds. */
  readonly packageIndexes?: ReadonlyMap<PackageName, readonly PackageIndexLocation[]>;
  /** Folders, pages and files beside the indexes. */
  readonly findLinks: readonly string[];
  /** Only `findLinks` count. */
  readonly noIndex: boolean;
  /** `first-index`: the first that has the name is the only one asked (pitfall 12). `merge`: all files of all. */
  readonly strategy: "first-index" | "merge";
  /** Files uploaded at or after this moment are set aside, and those without an upload time. */
  readonly excludeNewer?: Date;
  /** The same for single packages, in its place; `false`: nothing of the package is set aside. */
  readonly excludeNewerPackages?: PackageCutoffs;
  /** Nothing but what is already here. */
  readonly offline: boolean;
  /** Ask the indexes again, whatever the caches say: for everything or for these. */
  readonly refresh: boolean | ReadonlySet<PackageName>;
  readonly credentials?: readonly KnownCredentials[];
  /** The `keyring` program is asked after a refusal. */
  readonly keyring?: boolean;
  /** A file or folder of PEM certificates to trust. */
  readonly certificates?: string;
  /** A PEM file: certificate and key. */
  readonly clientCertificate?: string;
  readonly proxy?: string;
  /** `host` or `host:port`. */
  readonly trustedHosts?: readonly string[];
  /** Requests at once. */
  readonly concurrency?: number;
  /** Seconds of silence. */
  readonly timeout?: number;
  /** Tries after the first. */
  readonly retries?: number;
  /** uv's `python-install-mirror`: where its Pythons come from. */
  readonly pythonMirror?: string;
}

/** What holds where nothing was said, but for the index itself: `defaultIndexUrl`. */
export const plainIndexSettings: IndexSettings = {
  indexes: [],
  findLinks: [],
  noIndex: false,
  strategy: "first-index",
  offline: false,
  refresh: false,
};

/** Names the places that packages come from, so that what came from one is not taken for what comes from another. */
export function placesOf({ indexes, packageIndexes, findLinks, noIndex, strategy }: IndexSettings): string {
  const urls = noIndex ? [] : indexes.filter(({ explicit }) => !explicit).map(({ url }) => url);
  const own = [...(packageIndexes ?? [])].map(
    ([name, places]) => [name, places.map(({ url }) => url)] as const,
  );
  own.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([urls, own, findLinks, noIndex, strategy]);
}
