import { type HttpClient, statusError } from "../../system/http/index.ts";
import type { Hashes } from "../../vocab/hash.ts";
import type { IndexedArtifact } from "../../model/index.ts";
import type { FetchContext } from "../artifacts/fetch-artifact.ts";
import { checkClaims } from "../simple-index/hash-claims.ts";
import { createVerifier } from "../artifacts/verify-hashes.ts";

const largestMetadata = 32 << 20;

/** Metadata texts, finished or in flight, by the SHA-256 that the index announces for them. */
const textsByClient = new WeakMap<HttpClient, Map<string, Promise<string | undefined>>>();

/**
 * Fetches the `.metadata` file that an index announces (PEP 658/714). Returns undefined if there is none: the
 * artifact itself contains the same metadata. Throws `hash-mismatch` if the content differs from the
 * announced hash. The wheels of a release often announce the same hash, so each hash is fetched once.
 */
export async function announcedMetadata(
  artifact: IndexedArtifact,
  context: FetchContext,
): Promise<string | undefined> {
  const announced = artifact.coreMetadata;
  if (announced === undefined) return undefined;
  if (announced !== true) checkClaims(announced, `${artifact.filename}.metadata`, artifact.index);
  const sha256 = announced === true ? undefined : announced["sha256"];
  if (sha256 === undefined) return fetchAnnounced(artifact, announced, context);
  let texts = textsByClient.get(context.http);
  if (texts === undefined) textsByClient.set(context.http, (texts = new Map()));
  for (;;) {
    const running = texts.get(sha256);
    if (running === undefined) break;
    // The file of another wheel with this hash may be missing although the file of this wheel exists.
    const text = await running.catch(() => undefined);
    if (text !== undefined) return text;
    if (texts.get(sha256) === running) texts.delete(sha256);
  }
  const fetching = fetchAnnounced(artifact, announced, context);
  texts.set(sha256, fetching);
  return fetching;
}

async function fetchAnnounced(
  artifact: IndexedArtifact,
  announced: Hashes | true,
  context: FetchContext,
): Promise<string | undefined> {
  const url = metadataUrl(artifact.url);
  const bytes = await context.http.send({ url }, async (response) => {
    if (response.status === 200) return response.bytes(largestMetadata);
    await response.discard();
    if (response.status === 401 || response.status === 403) throw statusError(url, response.status);
    return undefined;
  });
  if (!bytes) return undefined;
  const verifier = createVerifier(url, announced === true ? {} : announced, undefined);
  verifier.update(bytes);
  verifier.finish();
  return new TextDecoder().decode(bytes);
}

/** Returns the URL of the `.metadata` file: the suffix belongs to the path, before a query. */
function metadataUrl(url: string): string {
  const parsed = new URL(url);
  parsed.pathname += ".metadata";
  return parsed.href;
}
