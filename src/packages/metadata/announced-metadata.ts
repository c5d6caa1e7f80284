import { statusError } from "../../system/http/http-failure.ts";
import type { IndexedArtifact } from "../artifact.ts";
import type { FetchContext } from "../artifacts/fetch-artifact.ts";
import { createVerifier } from "../artifacts/verify-hashes.ts";

const largestMetadata = 32 << 20;

/** PEP 658/714. A file that isn't there or isn't what was announced is passed over: the file itself has it too. */
export async function announcedMetadata(
  artifact: IndexedArtifact,
  context: FetchContext,
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
    const message = `${(error as Error).message}: reading \`${artifact.filename}\` itself`;
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
