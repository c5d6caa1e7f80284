import { stat } from "node:fs/promises";
import { join } from "node:path";
import { wheelMetadataMember } from "./wheel-metadata-member.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import { sha256Of, sha256OfFile } from "../../../system/fs/index.ts";
import { openZipFile } from "../../../system/archives/index.ts";
import { parseHeaders, unfold } from "../../../vocab/metadata/index.ts";
import type { PackageName } from "../../../vocab/requirement/index.ts";
import { parsePybiFilename, parseWheelFilename } from "../../../vocab/filenames/index.ts";
import type { Version } from "../../../vocab/version/index.ts";

/** A file as the page of its project lists it. */
export interface IndexedFile {
  readonly filename: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly requiresPython?: string;
  /** The SHA-256 of its METADATA, which is written beside it. */
  readonly metadataSha256: string;
}

export interface DescribedFile {
  readonly name: PackageName;
  readonly version: Version;
  readonly file: IndexedFile;
  readonly metadata: Uint8Array;
}

/** Describes a wheel or a pybi for an index page. Throws `invalid-filename`, `invalid-archive`, `invalid-metadata`. */
export async function describeFile(folder: string, filename: string): Promise<DescribedFile> {
  const { name, version } = filename.endsWith(".whl")
    ? parseWheelFilename(filename)
    : parsePybiFilename(filename);
  const path = join(folder, filename);
  const metadata = readMetadata(path, filename, name);
  const requiresPython = parseHeaders(Buffer.from(metadata).toString("utf8")).get("Requires-Python");
  const [sha256, { size }] = await Promise.all([sha256OfFile(path), stat(path)]);
  const file = {
    filename,
    sha256,
    size,
    ...(requiresPython === undefined ? {} : { requiresPython: unfold(requiresPython) }),
    metadataSha256: sha256Of(metadata),
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
