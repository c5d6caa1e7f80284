/**
 * Remote stores: what one machine built or fetched, another one need not build or fetch again.
 *
 * `remote-store.ts` is the interface that builds and the store of interpreters use: start reading there.
 * `open-remote-store.ts` opens the one of the settings: a repository of an OCI registry (`oci-store.ts`) or a package
 * index (`index-store.ts`). `layout.ts` says how entries are stored, `oci-entries.ts` uploads and downloads single
 * entries. `forgiving.ts` turns failures into one warning.
 */
export { isAboutEntry } from "./forgiving.ts";
export { buildTagOf, pagesTag, platformAnnotation } from "./layout.ts";
export {
  isResultName,
  type Progress,
  pullBySha256,
  pullResultsFrom,
  pullWheelFrom,
  type Pushed,
  pushInterpreterTo,
  pushPagesTo,
  pushResultsTo,
  pushWheelTo,
  readEntry,
} from "./oci-entries.ts";
export {
  openRepository,
  parseRemoteLocation,
} from "./open-remote-store.ts";
export type { BuildKey, BuildResults, FetchedWheel, RemoteStore, WheelKey } from "./remote-store.ts";
