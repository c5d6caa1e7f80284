import { PosyError } from "../../errors/posy-error.ts";
import { type ByteReader, fileReader, openTar, openZip, readTar } from "../../system/archives/index.ts";
import { type CoreMetadata, parseMetadata } from "../../vocab/metadata/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import type { SdistArtifact } from "../../model/index.ts";
import { fetchArtifact, isKept } from "../artifacts/fetch-artifact.ts";
import { keepWhole } from "../artifacts/keep-whole.ts";
import { localPath } from "../index/local-path.ts";
import { checkClaims } from "../simple-index/hash-claims.ts";
import { announcedMetadata } from "./announced-metadata.ts";
import { type MetadataContext, tailLength } from "./find-metadata.ts";
import { keepMetadata, metadataPath, readKeptMetadata } from "./metadata-cache.ts";
import { openRangeReader } from "./range-reader.ts";
import { filesAmong, judge, judgeMembers, rootFileAt, type SdistFiles, type Verdict } from "./sdist-files.ts";
import { fetchHead, inflateHead } from "./sdist-head.ts";

type ReadFiles = (artifact: SdistArtifact) => Promise<SdistFiles>;

/** Measured: what lies near the beginning at all lies within this; for every second one that is recent it is enough. */
const headLength = 96 << 10;

/**
 * What a source distribution says of its metadata without being built (PEP 643, PEP 621), kept by its URL and hashes, also that it
 * says nothing: then undefined. `files` gives what `readSdistFiles` does. Throws where it is not that of the file it came with.
 */
export async function readSdistMetadata(
  artifact: SdistArtifact,
  context: MetadataContext,
  files: ReadFiles,
): Promise<CoreMetadata | undefined> {
  checkClaims(artifact.hashes, artifact.filename, artifact.index);
  const path = metadataPath(context.home, artifact);
  const kept = path === undefined ? undefined : readKeptMetadata(path);
  const verdict = kept === undefined ? await findVerdict(artifact, context, files) : undefined;
  const text = verdict?.kind === "static" ? verdict.text : undefined;
  const metadata = typeof kept === "object" ? kept : text === undefined ? undefined : parseMetadata(text);
  const { name, version, filename } = artifact;
  if (metadata && (metadata.name !== name || metadata.version.key !== version.key)) {
    const own = `${metadata.name} ${metadata.version.text}`;
    throw new PosyError("invalid-metadata", `the metadata of \`${filename}\` is that of \`${own}\``, {
      hint: "the source distribution is broken: another version may do",
    });
  }
  if (kept === undefined && path !== undefined) {
    await keepMetadata(path, metadata, text ?? "").catch((error: unknown) => {
      const message = `metadata could not be kept: ${(error as Error).message}`;
      context.reporter.report({ kind: "warning", message, key: "metadata-cache" });
    });
  }
  return metadata;
}

/** The cheapest way there is: the file where it is on this disk, `.metadata` beside it, its head or tail, all of it. */
async function findVerdict(
  artifact: SdistArtifact,
  context: MetadataContext,
  files: ReadFiles,
): Promise<Verdict> {
  const { sha256 } = artifact.hashes;
  const isHere =
    localPath(artifact.url) !== undefined ||
    (sha256 !== undefined && isKept(context.home, parseSha256(sha256)));
  if (!isHere) {
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

/** What stands in the root of one, which is fetched for it. */
export async function readSdistFiles(artifact: SdistArtifact, context: MetadataContext): Promise<SdistFiles> {
  const { filename, url } = artifact;
  // Also one that lies on this disk, where hashes are claimed of it.
  const isClaimed = Object.keys(artifact.hashes).length > 0;
  const local = isClaimed ? undefined : localPath(url);
  const path = local ?? (await fetchArtifact(artifact, false, context)).path;
  if (isZip(artifact)) {
    await using reader = await fileReader(path);
    return await filesOfZip(reader, artifact);
  }
  return filesAmong(openTar(path, filename, isRootFile, { lenient: true }));
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
  // What comes before the first file can't be told from bzip2's and xz's beginnings as cheaply, and they are rare.
  if (!/\.t(ar\.)?gz$/.test(artifact.filename)) return { kind: "open" };
  const head = await fetchHead(artifact.url, headLength, context.http);
  if (head === undefined) return { kind: "open" };
  // A later `fetch` finds it.
  if (head.whole) await keepWhole(artifact, head.bytes, context.home);
  const inflated = inflateHead(head.bytes);
  if (inflated === undefined) return { kind: "open" };
  const members = readTar(pieceOf(inflated, head.whole), artifact.filename, isRootFile, { lenient: true });
  return judgeMembers(members, artifact.version).catch(unlessBroken);
}

/** A head may end where a member does: it is no end of the archive for that. */
async function* pieceOf(bytes: Uint8Array, whole: boolean): AsyncGenerator<Uint8Array> {
  yield bytes;
  if (!whole) throw new PosyError("invalid-archive", "the rest was not asked for");
}

/** A head is mostly cut off. Wrong bytes, or a broken archive: the whole file, whose hash can be checked, will tell. */
function unlessBroken(error: unknown): Verdict {
  if (error instanceof PosyError && error.code === "invalid-archive") return { kind: "open" };
  throw error;
}
