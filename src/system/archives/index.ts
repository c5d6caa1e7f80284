/**
 * Archives: reads zip, tar, cpio and xar without trusting them, and writes zip and tar.
 *
 * Every reader checks names, sizes and overlaps before it returns data, and limits what it holds in memory.
 */
export { type CpioMember, readCpio } from "./cpio/read-cpio.ts";
export { crc32 } from "./crc32.ts";
export { decompress } from "./tar/decompress.ts";
export { openTar, openTarStream } from "./tar/open-tar.ts";
export { readTar, type TarMember } from "./tar/read-tar.ts";
export { type NewTarMember, writeTar } from "./tar/write-tar.ts";
export { openXar } from "./xar/open-xar.ts";
export { readPbzx } from "./xar/read-pbzx.ts";
export { type ByteReader, fileReader } from "./zip/byte-reader.ts";
export { endRecordReach } from "./zip/end-record.ts";
export { parseMemberName } from "./zip/member-name.ts";
export { openZipFile, type ZipFile } from "./zip/open-zip-file.ts";
export { openZip } from "./zip/open-zip.ts";
export { type NewZipMember, writeZip } from "./zip/write-zip.ts";
export type { ZipEntry } from "./zip/zip-entry.ts";
export { ZipRefusal } from "./zip/zip-refusal.ts";
