import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type CoreMetadata, parseMetadata } from "../../vocab/metadata/index.ts";
import { parseSdistFilename, parseWheelFilename } from "../../vocab/filenames/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import type { Version } from "../../vocab/version/index.ts";
import { fileReader, openTar, openZip } from "../../system/archives/index.ts";
import { asPosyError } from "../../system/fs/index.ts";
import { wheelMetadataText } from "../index.ts";
import { checkUploadMetadata, isPkgInfo } from "./check-metadata.ts";

/** A wheel or a source distribution that may be uploaded: its name, its archive and its metadata are valid. */
export interface Distribution {
  /** The absolute path. */
  readonly path: string;
  readonly filename: string;
  readonly kind: "wheel" | "sdist";
  readonly name: PackageName;
  readonly version: Version;
  /** Bytes. */
  readonly size: number;
  /** The Python tags of a wheel (`py2.py3`), or `source`. */
  readonly pyversion: string;
  readonly metadata: CoreMetadata;
  /** What a person should know, although the file can be uploaded: one sentence each. */
  readonly warnings: readonly string[];
}

/** Whether a file name is that of a wheel or a source distribution that can be uploaded. */
export function isDistribution(filename: string): boolean {
  return /\.(whl|tar\.gz|zip)$/.test(filename);
}

/**
 * Reads a wheel or a source distribution and checks everything that can be checked without an index. Throws
 * `invalid-filename`, `invalid-archive`, `invalid-wheel`, `invalid-metadata`, `metadata-mismatch`, `not-found`.
 */
export async function readDistribution(path: string): Promise<Distribution> {
  const filename = basename(path);
  const kind = filename.endsWith(".whl") ? "wheel" : "sdist";
  const parsed = kind === "wheel" ? parseWheelFilename(filename) : parseSdistFilename(filename);
  const stats = await stat(path).catch((error: unknown) => {
    throw asPosyError(error, `reading \`${path}\``);
  });
  if (!stats.isFile()) {
    throw new PosyError("filesystem", `\`${path}\` is not a file`, {
      hint: "name wheels and source distributions",
    });
  }
  const text =
    kind === "wheel" ? await metadataOfWheel(path, filename) : await metadataOfSdist(path, filename);
  const metadata = ofFile(filename, () => parseMetadata(text));
  if (metadata.name !== parsed.name || metadata.version.key !== parsed.version.key) {
    const actual = `${metadata.name} ${metadata.version.text}`;
    throw new PosyError("metadata-mismatch", `\`${filename}\` has the metadata of \`${actual}\``, {
      hint: "the file was renamed or is damaged: build it again with `posy build`",
    });
  }
  const warnings = ofFile(filename, () => checkUploadMetadata(metadata));
  // The tags are taken as written, as twine does: the parsed ones are expanded.
  const pyversion = kind === "wheel" ? (filename.split("-").at(-3) ?? "any") : "source";
  const { name, version } = metadata;
  return { path, filename, kind, name, version, size: stats.size, pyversion, metadata, warnings };
}

async function metadataOfWheel(path: string, filename: string): Promise<string> {
  const { name } = parseWheelFilename(filename);
  await using reader = await fileReader(path);
  // Opening it without a filter checks all members.
  await openZip(reader, { label: filename });
  return await wheelMetadataText(reader, { filename, name });
}

/**
 * Returns the text of PKG-INFO of a source distribution. Reads the whole archive, so that a damaged end is noticed,
 * too. Throws `invalid-archive`.
 */
export async function metadataOfSdist(path: string, filename: string): Promise<string> {
  const found: string[] = [];
  const roots = new Set<string>();
  const add = (member: string) => roots.add(member.split("/", 1)[0] ?? "");
  if (filename.endsWith(".zip")) {
    await using reader = await fileReader(path);
    const zip = await openZip(reader, { label: filename });
    for (const entry of zip.entries) {
      add(entry.path);
      if (isPkgInfo(entry.path)) found.push(new TextDecoder().decode(await zip.read(entry)));
    }
  } else {
    const wanted = (member: string) => {
      add(member);
      return isPkgInfo(member);
    };
    for await (const { kind, data } of openTar(path, filename, wanted, { lenient: true })) {
      if (kind === "file") found.push(new TextDecoder().decode(data));
    }
  }
  const [text, second] = found;
  if (roots.size > 1) {
    throw new PosyError("invalid-archive", `\`${filename}\` has more than one folder or file at its top`, {
      hint: "a source distribution has one folder with everything in it: build it with `posy build`",
    });
  }
  if (text !== undefined && second === undefined) return text;
  throw new PosyError(
    "invalid-archive",
    `\`${filename}\` has ${text === undefined ? "no" : "more than one"} \`PKG-INFO\``,
    {
      hint: "it is not a source distribution, or it is damaged: build it with `posy build`",
    },
  );
}

/** Adds the file name to an error about metadata. */
function ofFile<T>(filename: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    const { code, hint, message } = error;
    throw new PosyError(code, `\`${filename}\`: ${message}`, { hint, cause: error });
  }
}
