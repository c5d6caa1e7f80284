import { open } from "node:fs/promises";
import { asPosyError, sha256Of } from "../../system/fs/index.ts";
import {
  type ArchiveReference,
  type DirectUrl,
  formatSourceReference,
  withoutCredentials,
} from "../../vocab/urls/index.ts";
import type { Hashes } from "../../vocab/hash.ts";
import { unpackSdist } from "../sdist/unpack-sdist.ts";
import { resolveSubdirectory } from "./resolve-subdirectory.ts";
import type { PinnedSource } from "./pin-source.ts";
import type { SourceContext } from "./source-context.ts";

type ArchiveOrigin = DirectUrl & { readonly kind: "archive" };

/** Pins an archive by its SHA-256: that of the URL's fragment, else that of the file that the server has now. */
export async function pinArchive(reference: ArchiveReference, context: SourceContext): Promise<PinnedSource> {
  const { url, subdirectory } = reference;
  const { sha256 } = await fetchArchive(url, reference.hashes, context);
  const origin: ArchiveOrigin = {
    kind: "archive",
    url: withoutCredentials(url),
    hashes: { ...reference.hashes, sha256 },
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
  const identity =
    subdirectory === undefined ? sha256 : sha256Of(JSON.stringify(["archive", sha256, subdirectory]));
  return { url: formatSourceReference({ ...reference, hashes: origin.hashes }), origin, identity };
}

export async function extractArchive(
  origin: ArchiveOrigin,
  into: string,
  context: SourceContext,
): Promise<string> {
  const { path } = await fetchArchive(origin.url, origin.hashes, context);
  const root = await unpackSdist(path, `source${await extensionOf(path, origin.url)}`, into);
  return resolveSubdirectory(root, origin.subdirectory, origin.url);
}

/** Returns the name of the file that the URL of an archive means. */
export function archiveFilename(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "") || "archive";
}

function fetchArchive(url: string, hashes: Hashes, { db }: SourceContext) {
  const filename = archiveFilename(url);
  return db.fetch({ url, filename, hashes, fresh: true });
}

/** The first bytes of archives. URLs of forges (`…/tarball/main`) have no extension. */
const magicNumbers: readonly (readonly [bytes: readonly number[], extension: string])[] = [
  [[0x1f, 0x8b], ".tar.gz"],
  [[0x50, 0x4b, 0x03, 0x04], ".zip"],
  [[0x42, 0x5a, 0x68], ".tar.bz2"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], ".tar.xz"],
];

async function extensionOf(path: string, url: string): Promise<string> {
  const head = new Uint8Array(6);
  try {
    const file = await open(path);
    try {
      await file.read(head, 0, head.length, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
  const magic = magicNumbers.find(([bytes]) => bytes.every((byte, index) => head[index] === byte));
  return magic?.[1] ?? /\.(tar\.\w+|\w+)$/.exec(new URL(url).pathname)?.[0] ?? "";
}
