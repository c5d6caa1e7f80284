/**
 * Temporary files and folders, which are gone when Posy ends. temporary-path.ts names them and removes them if the
 * process ends because of a signal; a later process recognises by the name what a killed one has left
 * (temporary-name.ts). part-file.ts keeps parts of downloads for a while. temporary-folder.ts has folders outside of
 * the store.
 */
export { withTemporaryFolder } from "./temporary-folder.ts";
export { keepPart, partPath, smallestPart, takePart } from "./part-file.ts";
export { isAbandoned, isOfRunningProcess } from "./temporary-name.ts";
export { releaseTemporary, temporaryPath } from "./temporary-path.ts";
