import { join } from "node:path";
import { PosyError } from "../errors/posy-error.ts";
import { fileReader, openZip } from "../system/archives/index.ts";
import { entryState, type Home, textIfThere } from "../system/fs/index.ts";
import { parseSha256, type Sha256 } from "../vocab/hash.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import { parsePybiFilename } from "../vocab/filenames/index.ts";
import { fetchArtifact, isKept } from "./artifacts/fetch-artifact.ts";
import { keepWhole } from "./artifacts/keep-whole.ts";
import type { PackageIndex } from "./index/source.ts";
import { checkClaims } from "./simple-index/hash-claims.ts";
import { localPath } from "./index/local-path.ts";
import type { MetadataContext } from "./metadata/find-metadata.ts";
import { openRangeReader } from "./metadata/range-reader.ts";
import type { PybiArtifact } from "./package-db.ts";

/** Returns the pybis that an index lists under a name (PEP 711). Files with malformed names are skipped. */
export async function listPybis(
  source: PackageIndex,
  distribution: PackageName,
): Promise<readonly PybiArtifact[]> {
  const page = await source.lookup(distribution);
  return (page?.others.files() ?? []).flatMap((file) => {
    try {
      const pybi = parsePybiFilename(file.filename);
      if (pybi.name !== distribution) return [];
      const { filename, url, hashes, size } = file;
      return [{ filename, pybi, url, hashes, index: source.label, ...(size === undefined ? {} : { size }) }];
    } catch (error) {
      if (error instanceof PosyError) return [];
      throw error;
    }
  });
}

/**
 * The bytes to request from the end of a pybi. Its central directory has three thousand members and 65 to 300
 * kB.
 */
const tailLength = 384 << 10;
const largestText = 1 << 20;

export async function readPybiMetadata(
  pybi: PybiArtifact,
  context: MetadataContext,
): Promise<{ readonly metadata: string; readonly pybi: string }> {
  checkClaims(pybi.hashes, pybi.filename, pybi.index);
  const { origin } = new URL(pybi.url);
  const { sha256 } = pybi.hashes;
  const stored = sha256 === undefined ? undefined : await storedTexts(context.home, parseSha256(sha256));
  if (stored !== undefined) return stored;
  const isCached = sha256 !== undefined && isKept(context.home, parseSha256(sha256));
  if (!isCached && localPath(pybi.url) === undefined && !context.withoutRanges.has(origin)) {
    const remote = await openRangeReader(pybi.url, tailLength, context.http);
    // The cache now has the file for a later `fetch`. This also checks its hash.
    if (remote?.whole) await keepWhole(pybi, remote.whole, context.home);
    if (remote) return readTexts(remote, pybi.filename);
    context.withoutRanges.add(origin);
  }
  await using reader = await fileReader((await fetchArtifact(pybi, false, context)).path);
  return await readTexts(reader, pybi.filename);
}

/** Returns the texts of a pybi that is in the store. */
async function storedTexts({ pythons }: Home, sha256: Sha256) {
  const root = join(pythons, sha256);
  // A power cut may have damaged it.
  if (entryState(root) === "unverified") return undefined;
  const [metadata, pybi] = await Promise.all(
    ["METADATA", "PYBI"].map((name) => textIfThere(join(root, "pybi-info", name))),
  );
  return metadata === undefined || pybi === undefined ? undefined : { metadata, pybi };
}

async function readTexts(reader: Parameters<typeof openZip>[0], filename: string) {
  const zip = await openZip(reader, { label: filename, names: "safe" });
  const text = async (path: string): Promise<string> => {
    const entry = zip.entry(path);
    if (entry) return new TextDecoder().decode(await zip.read(entry, largestText));
    throw new PosyError("invalid-pybi", `\`${filename}\` has no \`${path}\``, {
      hint: "this is not a pybi (PEP 711): use another one",
    });
  };
  return { metadata: await text("pybi-info/METADATA"), pybi: await text("pybi-info/PYBI") };
}
