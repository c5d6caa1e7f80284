import { PosyError } from "../../errors/posy-error.ts";
import { endRecordReach, fileReader } from "../../system/archives/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import type { WheelArtifact } from "../../model/index.ts";
import { type FetchContext, fetchArtifact, isKept } from "../artifacts/fetch-artifact.ts";
import { verifyLocalFile } from "../artifacts/verify-local-file.ts";
import { keepWhole } from "../artifacts/keep-whole.ts";
import { localPath } from "../index/local-path.ts";
import { announcedMetadata } from "./announced-metadata.ts";
import { openRangeReader } from "./range-reader.ts";
import { wheelMetadataText } from "./wheel-metadata-text.ts";

export interface MetadataContext extends FetchContext {
  /** Hosts that don't do ranges: found out once. */
  readonly withoutRanges: Set<string>;
  /** What is being written still. The answer does not wait for it; closing the database does. */
  readonly unfinished: Set<Promise<void>>;
}

/**
 * The text of a wheel's METADATA by the cheapest way there is: the wheel where it is on this disk, the `.metadata`
 * file beside it, its tail, all of it.
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

async function readWheelAt(path: string, artifact: WheelArtifact): Promise<string> {
  await using reader = await fileReader(path);
  return await wheelMetadataText(reader, artifact);
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
      // A later `fetch` finds it.
      reader.whole && keepWhole(artifact, reader.whole, context.home),
    ]);
    return text;
  } catch (error) {
    // Wrong bytes, or a broken wheel: the whole file, whose hash can be checked, will tell.
    if (error instanceof PosyError && error.code !== "network" && error.code !== "http-status")
      return undefined;
    throw error;
  }
}

/** What openZip wants of an archive's end, and the directory and METADATA of most wheels with it. */
export const tailLength = Math.max(endRecordReach, 96 << 10);
