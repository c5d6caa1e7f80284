import { PosyError } from "../../errors/posy-error.ts";
import { endRecordReach, fileReader } from "../../system/archives/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import type { WheelArtifact } from "../../model/index.ts";
import { type FetchContext, fetchArtifact, isKept } from "../artifacts/fetch-artifact.ts";
import { verifyLocalFile } from "../artifacts/verify-local-file.ts";
import { openFiles } from "../artifacts/open-files.ts";
import { keepWhole } from "../artifacts/keep-whole.ts";
import { localPath } from "../index/local-path.ts";
import { announcedMetadata } from "./announced-metadata.ts";
import { openRangeReader } from "./range-reader.ts";
import { wheelMetadataText } from "./wheel-metadata-text.ts";

export interface MetadataContext extends FetchContext {
  /** Origins that do not support range requests. Each is tried once. */
  readonly withoutRanges: Set<string>;
  /** Cache writes that are still running. Answers do not wait for them; closing the database does. */
  readonly unfinished: Set<Promise<void>>;
}

/**
 * Returns the text of a wheel's METADATA by the cheapest way that works: a local wheel, the `.metadata` file
 * next to it, the end of the remote wheel, the whole wheel.
 */
export async function findMetadata(artifact: WheelArtifact, context: MetadataContext): Promise<string> {
  const local = localPath(artifact.url);
  if (local !== undefined) {
    if (Object.keys(artifact.hashes).length > 0) await verifyLocalFile(local, artifact);
    return readWheelAt(local, artifact);
  }
  const { sha256 } = artifact.hashes;
  if (sha256 === undefined || !isKept(context.home, parseSha256(sha256))) {
    const text = (await announcedMetadata(artifact, context)) ?? (await metadataByRanges(artifact, context));
    if (text !== undefined) return text;
  }
  return readWheelAt((await fetchArtifact(artifact, false, context)).path, artifact);
}

function readWheelAt(path: string, artifact: WheelArtifact): Promise<string> {
  return openFiles.run(async () => {
    await using reader = await fileReader(path);
    return await wheelMetadataText(reader, artifact);
  });
}

async function metadataByRanges(
  artifact: WheelArtifact,
  context: MetadataContext,
): Promise<string | undefined> {
  const { origin } = new URL(artifact.url);
  if (context.withoutRanges.has(origin)) return undefined;
  const reader = await openRangeReader(artifact.url, tailLength, context.http);
  if (!reader) {
    context.withoutRanges.add(origin);
    return undefined;
  }
  try {
    const [text] = await Promise.all([
      wheelMetadataText(reader, artifact),
      // The cache now has the file for a later `fetch`.
      reader.whole && keepWhole(artifact, reader.whole, context.home),
    ]);
    return text;
  } catch (error) {
    // The server sent wrong bytes, or the wheel is broken. Fetching the whole file, whose hash can be
    // checked, shows which.
    if (error instanceof PosyError && error.code !== "network" && error.code !== "http-status")
      return undefined;
    throw error;
  }
}

/**
 * The bytes to request from the end of a wheel: what `openZip` needs, which for most wheels includes the
 * central directory and METADATA.
 */
export const tailLength = Math.max(endRecordReach, 96 << 10);
