/**
 * Archives of applications: tar and zip. The same application gives the same bytes on every machine.
 */
export { gzipped, tarMembers, tarPieces } from "./tar-pieces.ts";
export { writeZipArchive } from "./write-zip-archive.ts";
export { zipMember } from "./zip-member.ts";
export { parseSourceDate } from "./source-date.ts";
