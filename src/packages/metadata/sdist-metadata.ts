import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError } from "../../system/fs/index.ts";
import { type ByteReader, fileReader, openTar, openZip, readTar } from "../../system/archives/index.ts";
import { type CoreMetadata, parseMetadata } from "../../vocab/metadata/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import type { SdistArtifact } from "../../model/index.ts";
import { fetchArtifact, isKept } from "../artifacts/fetch-artifact.ts";
import { openFiles } from "../artifacts/open-files.ts";
import { keepWhole } from "../artifacts/keep-whole.ts";
import { localPath } from "../index/local-path.ts";
import { checkClaims } from "../simple-index/hash-claims.ts";
import { announcedMetadata } from "./announced-metadata.ts";
import { type MetadataContext, tailLength } from "./find-metadata.ts";
import { keepMetadata, metadataPath, readKeptMetadataOf } from "./metadata-cache.ts";
import { openRangeReader } from "./range-reader.ts";
import { filesAmong, judge, judgeMembers, rootFileAt, type SdistFiles, type Verdict } from "./sdist-files.ts";
import { fetchHead, inflateHead } from "./sdist-head.ts";

type ReadFiles = (artifact: SdistArtifact) => Promise<SdistFiles>;

/**
 * The bytes to request from the start of an archive. Measured: if the metadata files are near the start at
 * all, they are within this length, which is so for half of recent archives.
 */
const headLength = 96 << 10;

/**
 * Returns the metadata that a source distribution declares without being built (PEP 643, PEP 621), or
 * undefined if it must be built. Both answers are cached by its URL and hashes. `files` does the same as
 * `readSdistFiles`. Throws `invalid-metadata` if the metadata are for another name or version.
 */
export async function readSdistMetadata(
  artifact: SdistArtifact,
  context: MetadataContext,
  files: ReadFiles,
): Promise<CoreMetadata | undefined> {
  checkClaims(artifact.hashes, artifact.filename, artifact.index);
  const path = metadataPath(context.home, artifact);
  const kept = readKeptMetadataOf(context.home, artifact);
  const verdict = kept === undefined ? await findVerdict(artifact, context, files) : undefined;
  const text = verdict?.kind === "static" ? verdict.text : undefined;
  const metadata = typeof kept === "object" ? kept : text === undefined ? undefined : parseMetadata(text);
  const { name, version, filename } = artifact;
  if (metadata && (metadata.name !== name || metadata.version.key !== version.key)) {
    const actual = `${metadata.name} ${metadata.version.text}`;
    throw new PosyError("invalid-metadata", `the metadata of \`${filename}\` is that of \`${actual}\``, {
      hint: "the source distribution is broken: another version may work",
    });
  }
  if (kept === undefined && path !== undefined) {
    await keepMetadata(path, metadata, text ?? "").catch((error: unknown) => {
      const message = `metadata could not be kept: ${asPosyError(error, "writing it").message}`;
      context.reporter.report({ kind: "warning", message, key: "metadata-cache" });
    });
  }
  return metadata;
}

/**
 * Judges the metadata by the cheapest way that works: a local or cached file, the `.metadata` file next to
 * it, its head or tail, the whole file.
 */
async function findVerdict(
  artifact: SdistArtifact,
  context: MetadataContext,
  files: ReadFiles,
): Promise<Verdict> {
  const { sha256 } = artifact.hashes;
  const isLocal =
    localPath(artifact.url) !== undefined ||
    (sha256 !== undefined && isKept(context.home, parseSha256(sha256)));
  if (!isLocal) {
    const announced = await announcedMetadata(artifact, context);
    if (announced !== undefined) {
      const verdict = await judge({ pkgInfo: announced }, artifact.version, false);
      if (verdict.kind !== "open") return verdict;
    }
    const verdict = await (isZip(artifact) ? judgeTail(artifact, context) : judgeHead(artifact, context));
    if (verdict.kind !== "open") return verdict;
  }
  return judge(await files(artifact), artifact.version, true);
}

function isZip({ filename }: SdistArtifact): boolean {
  return filename.endsWith(".zip");
}

/** Fetches a source distribution and returns the files in its root folder. */
export async function readSdistFiles(artifact: SdistArtifact, context: MetadataContext): Promise<SdistFiles> {
  const { filename, url } = artifact;
  // A local file with claimed hashes goes through `fetchArtifact` too, which verifies them.
  const isClaimed = Object.keys(artifact.hashes).length > 0;
  const local = isClaimed ? undefined : localPath(url);
  const path = local ?? (await fetchArtifact(artifact, false, context)).path;
  return openFiles.run(async () => {
    if (!isZip(artifact)) return filesAmong(openTar(path, filename, isRootFile, { lenient: true }));
    await using reader = await fileReader(path);
    return await filesOfZip(reader, artifact);
  });
}

const isRootFile = (member: string) => rootFileAt(member) !== undefined;

async function filesOfZip(reader: ByteReader, { filename }: SdistArtifact): Promise<SdistFiles> {
  const zip = await openZip(reader, { label: filename });
  const files: SdistFiles = {};
  for (const entry of zip.entries) {
    const which = entry.kind === "file" ? rootFileAt(entry.path) : undefined;
    if (which !== undefined) files[which] = new TextDecoder().decode(await zip.read(entry, 32 << 20));
  }
  return files;
}

async function judgeTail(artifact: SdistArtifact, context: MetadataContext): Promise<Verdict> {
  const { origin } = new URL(artifact.url);
  if (context.withoutRanges.has(origin)) return { kind: "open" };
  const reader = await openRangeReader(artifact.url, tailLength, context.http);
  if (!reader) {
    context.withoutRanges.add(origin);
    return { kind: "open" };
  }
  if (reader.whole) await keepWhole(artifact, reader.whole, context.home);
  return filesOfZip(reader, artifact)
    .then((files) => judge(files, artifact.version, true))
    .catch(unlessBroken);
}

async function judgeHead(artifact: SdistArtifact, context: MetadataContext): Promise<Verdict> {
  // Only gzip: inflating the start of a bzip2 or xz file is not as cheap, and these are rare.
  if (!/\.t(ar\.)?gz$/.test(artifact.filename)) return { kind: "open" };
  const head = await fetchHead(artifact.url, headLength, context.http);
  if (head === undefined) return { kind: "open" };
  // The cache now has the file for a later `fetch`.
  if (head.whole) await keepWhole(artifact, head.bytes, context.home);
  const inflated = inflateHead(head.bytes);
  if (inflated === undefined) return { kind: "open" };
  const members = readTar(pieceOf(inflated, head.whole), artifact.filename, isRootFile, { lenient: true });
  return judgeMembers(members, artifact.version).catch(unlessBroken);
}

/**
 * A head may happen to end where a member ends. The error keeps that from looking like the end of the
 * archive.
 */
async function* pieceOf(bytes: Uint8Array, whole: boolean): AsyncGenerator<Uint8Array> {
  yield bytes;
  if (!whole) throw new PosyError("invalid-archive", "the rest was not asked for");
}

/**
 * Turns `invalid-archive` into `open`. Usually the head is just cut off. If the bytes are wrong or the
 * archive is broken, fetching the whole file, whose hash can be checked, shows which.
 */
function unlessBroken(error: unknown): Verdict {
  if (error instanceof PosyError && error.code === "invalid-archive") return { kind: "open" };
  throw error;
}
