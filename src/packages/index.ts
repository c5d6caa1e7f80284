/**
 * PackageDB: answers every question about package indexes. Which versions and files does a package have, what
 * is their metadata, what are their bytes?
 *
 * `open-package-db.ts` puts it together, and is where to start reading: `index/` finds the page of a package,
 * `simple-index/` reads and caches pages, `metadata/` finds the metadata of one file as cheaply as it can (a
 * `.metadata` file, a range of a wheel, the head of a source distribution), `artifacts/` downloads and
 * verifies files, `configuration/` reads what is configured for pip and uv.
 */
export { digestsOfFile } from "./artifacts/digests-of-file.ts";
export { isKept, keepFile } from "./artifacts/fetch-artifact.ts";
export { verifyLocalFile } from "./artifacts/verify-local-file.ts";
export { bucketPathOfUrl } from "./bucket-path.ts";
export {
  buckets,
  type CacheBucket,
  type CacheBucketSize,
  cacheSize,
  cleanCache,
  removeCacheEntries,
} from "./cache-contents.ts";
export { type ConfigurationFiles, readConfigurationFiles } from "./configuration/configuration-files.ts";
export { parseExcludeNewer, parsePackageCutoffs } from "./configuration/exclude-newer.ts";
export { type IndexEntry, parseIndexEntry, splitLocation } from "./configuration/index-entry.ts";
export { parseIni } from "./configuration/parse-ini.ts";
export { pipFlag, type PipOptions, pipOptionsOfEnvironment } from "./configuration/pip-layer.ts";
export { readIndexConfiguration, searchedIndexes } from "./configuration/read-index-configuration.ts";
export { namedCredentials, parseStrategy } from "./configuration/uv-environment.ts";
export { uvLayer, type UvTable, uvTableOf } from "./configuration/uv-file.ts";
export { foldersUpwards } from "./configuration/uv-files.ts";
export { defaultIndexUrl } from "./default-index-url.ts";
export { type IndexLocation, type IndexSettings, plainIndexSettings } from "./index-settings.ts";
export { addExchangedFile, exchangedPages } from "./exchanged-pages.ts";
export { localPath } from "./index/local-path.ts";
export { makeArtifact } from "./make-artifact.ts";
export { isTooNew, noUploadTime } from "./make-project.ts";
export { openRangeReader } from "./metadata/range-reader.ts";
export type { SdistFiles } from "./metadata/sdist-files.ts";
export { wheelMetadataText } from "./metadata/wheel-metadata-text.ts";
export type { Download, PackageDB, Project, PybiArtifact, Release } from "./package-db.ts";
export { hashesOfFragment, malformedDigest } from "./simple-index/hash-claims.ts";
export { acceptedPages, parsePage } from "./simple-index/parse-page.ts";
