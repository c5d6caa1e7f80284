import { stat } from "node:fs/promises";
import { join } from "node:path";
import { wheelMetadataMember } from "./wheel-metadata-member.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import { metadataOfSdist } from "../../../packages/upload/index.ts";
import { sha256Of, sha256OfFile } from "../../../system/fs/index.ts";
import { openZipFile } from "../../../system/archives/index.ts";
import { parseHeaders, unfold } from "../../../vocab/metadata/index.ts";
import type { PackageName } from "../../../vocab/requirement/index.ts";
import { parsePybiFilename, parseSdistFilename, parseWheelFilename } from "../../../vocab/filenames/index.ts";
import type { Version } from "../../../vocab/version/index.ts";

/** A file as the page of its project lists it. */
export interface IndexedFile {
  readonly filename: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly requiresPython?: string;
  /** The SHA-256 of its METADATA, which is written beside it. A source distribution has none. */
  readonly metadataSha256?: string;
}

export interface DescribedFile {
  readonly name: PackageName;
  readonly version: Version;
  readonly file: IndexedFile;
  /** Its METADATA. PEP 658 has none for a source distribution, whose PKG-INFO may not be final. */
  readonly metadata: Uint8Array | undefined;
}

/** Whether an index page can list a file: a wheel, a pybi, or what has the name of a source distribution. */
export function isListed(filename: string): boolean {
  if (/\.(whl|pybi)$/.test(filename)) return true;
  if (!isSdist(filename)) return false;
  try {
    parseSdistFilename(filename);
    return true;
  } catch {
    // Another archive.
    return false;
  }
}

function isSdist(filename: string): boolean {
  return /\.(tar\.gz|zip)$/.test(filename);
}

/** Describes a file for an index page. Throws `invalid-filename`, `invalid-archive`, `invalid-metadata`. */
export async function describeFile(folder: string, filename: string): Promise<DescribedFile> {
  const { name, version } = filename.endsWith(".whl")
    ? parseWheelFilename(filename)
    : isSdist(filename)
      ? parseSdistFilename(filename)
      : parsePybiFilename(filename);
  const path = join(folder, filename);
  const metadata = isSdist(filename) ? undefined : readMetadata(path, filename, name);
  const text =
    metadata === undefined ? await metadataOfSdist(path, filename) : Buffer.from(metadata).toString();
  const requiresPython = parseHeaders(text).get("Requires-Python");
  const [sha256, { size }] = await Promise.all([sha256OfFile(path), stat(path)]);
  const file = {
    filename,
    sha256,
    size,
    ...(requiresPython === undefined ? {} : { requiresPython: unfold(requiresPython) }),
    ...(metadata && { metadataSha256: sha256Of(metadata) }),
  };
  return { name, version, file, metadata };
}

function readMetadata(path: string, filename: string, name: PackageName): Uint8Array {
  const zip = openZipFile(path, { label: filename });
  try {
    const member = filename.endsWith(".whl")
      ? wheelMetadataMember(
          zip.entries.map((entry) => entry.path),
          name,
        )
      : "pybi-info/METADATA";
    const entry = member === undefined ? undefined : zip.entry(member);
    if (entry?.kind === "file") return Buffer.from(zip.readSync(entry));
  } finally {
    zip.close();
  }
  throw new PosyError("invalid-metadata", `\`${filename}\` has no METADATA`, {
    hint: "it is not a valid wheel or pybi: remove it from the folder",
  });
}
