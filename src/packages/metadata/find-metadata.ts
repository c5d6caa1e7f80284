import { PosyError } from "../../errors/posy-error.ts";
import { writeAtomic } from "../../system/files.ts";
import { statusError } from "../../system/http/http-failure.ts";
import { fileReader } from "../../system/zip/byte-reader.ts";
import { endRecordReach } from "../../system/zip/end-record.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import type { WheelArtifact } from "../artifact.ts";
import { type FetchContext, fetchArtifact, isKept } from "../artifacts/fetch-artifact.ts";
import { createVerifier } from "../artifacts/verify-hashes.ts";
import { bucketPath } from "../bucket-path.ts";
import { localPath } from "../index/local-path.ts";
import { openRangeReader } from "./range-reader.ts";
import { wheelMetadataText } from "./wheel-metadata-text.ts";

export interface MetadataContext extends FetchContext {
  /** Hosts that don't do ranges: found out once. */
  readonly withoutRanges: Set<string>;
}

/**
 * The text of a wheel's METADATA by the cheapest way there is: the wheel where it is on this disk, the `.metadata`
 * file beside it, its tail, all of it.
 */
export async function findMetadata(artifact: WheelArtifact, context: MetadataContext): Promise<string> {
  const local = localPath(artifact.url);
  if (local !== undefined) return readWheelAt(local, artifact);
  const { sha256 } = artifact.hashes;
  if (sha256 === undefined || !(await isKept(context.home, parseSha256(sha256)))) {
    const text = (await announcedMetadata(artifact, context)) ?? (await metadataByRanges(artifact, context));
    if (text !== undefined) return text;
  }
  return readWheelAt((await fetchArtifact(artifact, false, context)).path, artifact);
}

async function readWheelAt(path: string, artifact: WheelArtifact): Promise<string> {
  await using reader = await fileReader(path);
  return await wheelMetadataText(reader, artifact);
}

const largestMetadata = 32 << 20;

/** PEP 658/714. A file that isn't there or isn't what was announced is passed over: the wheel itself has it too. */
async function announcedMetadata(
  artifact: WheelArtifact,
  context: MetadataContext,
): Promise<string | undefined> {
  const announced = artifact.coreMetadata;
  if (announced === undefined) return undefined;
  const url = metadataUrl(artifact.url);
  const bytes = await context.http.send({ url }, async (response) => {
    if (response.status === 200) return response.bytes(largestMetadata);
    await response.discard();
    if (response.status === 401 || response.status === 403) throw statusError(url, response.status);
    return undefined;
  });
  if (!bytes) return undefined;
  try {
    const verifier = createVerifier(url, announced === true ? {} : announced, undefined);
    verifier.update(bytes);
    verifier.finish();
    return new TextDecoder().decode(bytes);
  } catch (error) {
    const message = `${(error as Error).message}: reading the wheel itself`;
    context.reporter.report({ kind: "warning", message });
    return undefined;
  }
}

/** `.metadata` goes behind the path, before a query. */
function metadataUrl(url: string): string {
  const parsed = new URL(url);
  parsed.pathname += ".metadata";
  return parsed.href;
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
    if (reader.whole) await keepWhole(artifact, reader.whole, context);
    return await wheelMetadataText(reader, artifact);
  } catch (error) {
    // Wrong bytes, or a broken wheel: the whole file, whose hash can be checked, will tell.
    if (error instanceof PosyError && error.code !== "network" && error.code !== "http-status")
      return undefined;
    throw error;
  }
}

/** What openZip wants of an archive's end, and the directory and METADATA of most wheels with it. */
const tailLength = Math.max(endRecordReach, 96 << 10);

/** A wheel smaller than the tail has come whole: a later `fetch` finds it. */
async function keepWhole(
  artifact: WheelArtifact,
  bytes: Uint8Array,
  { home }: MetadataContext,
): Promise<void> {
  if (artifact.hashes["sha256"] === undefined) return;
  const verifier = createVerifier(artifact.url, artifact.hashes, artifact.size);
  verifier.update(bytes);
  await writeAtomic(bucketPath(home.artifacts, verifier.finish().sha256), bytes);
}
