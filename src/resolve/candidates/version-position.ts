/** Where a target has the versions of a package from; targets may differ in it. */
export interface VersionPosition {
  /** The URLs that the Brief gives, which stand for the whole package. */
  readonly urls: readonly string[];
  /** The one index, as the `PackageDB` tells it; undefined where all are asked. */
  readonly index: string | undefined;
  /** The same for the same place. */
  readonly key: string;
}

export function versionPosition(urls: readonly string[], index: string | undefined): VersionPosition {
  // Where the Brief gives URLs no index is asked.
  if (urls.length > 0) return { urls, index: undefined, key: urls.join(" ") };
  return { urls, index, key: index ?? "" };
}
