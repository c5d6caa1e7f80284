/** Where a target gets the versions of a package from. Targets may differ in it. */
export interface VersionPosition {
  /** The URLs that the Brief gives. They replace the index for the whole package. */
  readonly urls: readonly string[];
  /** The only index to ask, as the `PackageDB` says. Undefined if all indexes are asked. */
  readonly index: string | undefined;
  /** Equal keys mean equal positions. */
  readonly key: string;
}

export function versionPosition(urls: readonly string[], index: string | undefined): VersionPosition {
  // If the Brief gives URLs, no index is asked.
  if (urls.length > 0) return { urls, index: undefined, key: urls.join(" ") };
  return { urls, index, key: index ?? "" };
}
