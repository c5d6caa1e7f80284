import { type HttpClient, statusError } from "../../system/http/index.ts";
import type { Hashes } from "../../vocab/hash.ts";
import type { IndexedArtifact } from "../../model/index.ts";
import type { FetchContext } from "../artifacts/fetch-artifact.ts";
import { checkClaims } from "../simple-index/hash-claims.ts";
import { createVerifier } from "../artifacts/verify-hashes.ts";

const largestMetadata = 32 << 20;

/** What was read so far, by the SHA-256 that was announced of it. */
const known = new WeakMap<HttpClient, Map<string, Promise<string | undefined>>>();

/**
 * PEP 658/714. A file that isn't there is passed over: the file itself has it too. One that isn't what was announced was changed on its
 * way, or lies: `hash-mismatch`. The wheels of a release mostly announce the same, which is asked for once.
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
  let texts = known.get(context.http);
  if (texts === undefined) known.set(context.http, (texts = new Map()));
  for (;;) {
    const running = texts.get(sha256);
    if (running === undefined) break;
    // Another one's may be missing where its own is there.
    const text = await running.catch(() => undefined);
    if (text !== undefined) return text;
    if (texts.get(sha256) === running) texts.delete(sha256);
  }
  const own = fetchAnnounced(artifact, announced, context);
  texts.set(sha256, own);
  return own;
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

/** `.metadata` goes behind the path, before a query. */
function metadataUrl(url: string): string {
  const parsed = new URL(url);
  parsed.pathname += ".metadata";
  return parsed.href;
}
