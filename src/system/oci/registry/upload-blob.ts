import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError } from "../../fs/index.ts";
import {
  type HttpResponse,
  isTransientStatus,
  networkError,
  type RequestBody,
  retryDelay,
  TransportFailure,
} from "../../http/index.ts";
import type { Digest } from "../digest.ts";
import type { BlobSource } from "../image-store.ts";
import { statusFailure } from "./registry-failure.ts";
import { formatLocation, type Reference } from "../reference.ts";
import type { RegistryContext, RegistryRequests } from "./requests.ts";

/** Larger blobs are sent in pieces of this many bytes: some registries are behind a proxy that takes no more. */
const pieceSize = 64 << 20;

export interface UploadTarget {
  readonly repository: Pick<Reference, "registry" | "name">;
  readonly requests: RegistryRequests;
  readonly context: RegistryContext;
  /** Default: 64 MiB. */
  readonly pieceSize?: number | undefined;
}

/**
 * Uploads a blob (OCI Distribution Specification, "Pushing blobs"): a small one in one request, a large one in pieces.
 * After a broken connection, the pieces go on where the registry says. Whatever else breaks, a new upload is begun,
 * because a registry takes no second try of the same one. Throws `network`, `authentication`, `http-status`,
 * `filesystem`.
 */
export async function uploadBlob(
  blob: BlobSource,
  target: UploadTarget,
  sent: (bytes: number) => void,
): Promise<void> {
  for (let failures = 0; ; failures++) {
    const { location, shortestPiece } = await startUpload(target);
    const piece = Math.max(target.pieceSize ?? pieceSize, shortestPiece);
    try {
      const end = blob.size <= piece ? location : await sendPieces(blob, location, piece, target, sent);
      return await finishUpload(blob, end, target, sent, blob.size > piece);
    } catch (error) {
      await waitAfter(error, failures, target);
    }
  }
}

/**
 * Waits before another try. Throws `network` if there were enough tries or if another one is in vain, and errors that
 * are not about the connection.
 */
async function waitAfter(error: unknown, failures: number, target: UploadTarget): Promise<void> {
  if (!(error instanceof TransportFailure)) throw error;
  const { context, repository } = target;
  if (failures >= (context.retries ?? 3) || error.hopeless)
    throw networkError(`https://${repository.registry}/v2/${repository.name}`, error);
  await sleep(retryDelay(failures, error instanceof Interrupted ? error.retryAfter : null));
}

/** A registry ended an upload, which may succeed later. */
class Interrupted extends TransportFailure {
  /** The `Retry-After` of its answer. */
  readonly retryAfter: string | null;

  constructor({ status, headers }: HttpResponse) {
    super(new Error(`status ${status}`));
    this.retryAfter = headers.get("retry-after");
  }
}

/** Sends a blob in pieces. Returns where the upload is finished. */
async function sendPieces(
  blob: BlobSource,
  start: string,
  piece: number,
  target: UploadTarget,
  sent: (bytes: number) => void,
): Promise<string> {
  let location = start;
  let [offset, failures] = [0, 0];
  while (offset < blob.size) {
    const end = Math.min(offset + piece, blob.size);
    try {
      location = await sendPiece(blob, { location, offset, end }, target, sent);
      offset = end;
      failures = 0;
    } catch (error) {
      await waitAfter(error, failures, target);
      failures += 1;
      const state = await uploadState(location, target);
      location = state.location ?? location;
      // The registry may have the whole piece, a part of it, or nothing.
      offset = Math.min(state.offset, blob.size);
    }
  }
  return location;
}

async function startUpload({
  repository,
  requests,
}: UploadTarget): Promise<{ readonly location: string; readonly shortestPiece: number }> {
  return requests.send(
    { method: "POST", target: `${repository.name}/blobs/uploads/`, actions: "pull,push" },
    async (response) => {
      if (response.status !== 202) throw await statusFailure(response, repository, "push");
      await response.discard();
      const shortest = Number(response.headers.get("oci-chunk-min-length") ?? 0);
      return {
        location: locationOf(response, repository),
        shortestPiece: Number.isSafeInteger(shortest) ? Math.min(shortest, 1 << 30) : 0,
      };
    },
  );
}

/**
 * Asks a registry to take a blob from another of its repositories (OCI Distribution Specification, "Mounting a blob
 * from another repository"). Returns false if it does not, perhaps because the other repository can't be read. A
 * registry that does not mount begins an upload instead, which ends by itself.
 */
export async function mountBlob(
  digest: Digest,
  from: string,
  { repository, requests }: Pick<UploadTarget, "repository" | "requests">,
): Promise<boolean> {
  const query = new URLSearchParams({ mount: digest, from }).toString();
  const target = `${repository.name}/blobs/uploads/?${query}`;
  try {
    return await requests.send(
      { method: "POST", target, actions: "pull,push", alsoPulls: from },
      async (response) => {
        await response.discard();
        return response.status === 201;
      },
    );
  } catch (error) {
    if (error instanceof PosyError && error.code === "authentication") return false;
    throw error;
  }
}

async function sendPiece(
  blob: BlobSource,
  { location, offset, end }: { readonly location: string; readonly offset: number; readonly end: number },
  { repository, requests }: UploadTarget,
  sent: (bytes: number) => void,
): Promise<string> {
  return requests.sendOnce(
    {
      method: "PATCH",
      target: location,
      headers: { "content-type": "application/octet-stream", "content-range": `${offset}-${end - 1}` },
      body: bodyOf(blob, offset, end, sent),
      actions: "pull,push",
    },
    async (response) => {
      if (response.status === 202) {
        await response.discard();
        return locationOf(response, repository);
      }
      // Out of order, or trouble of the server: ask for the state and go on from there.
      if (response.status === 416 || isTransientStatus(response.status)) {
        await response.discard();
        throw new Interrupted(response);
      }
      throw await statusFailure(response, repository, "push");
    },
  );
}

/** Asks how much of an upload the registry has. Throws `TransportFailure` if the upload is gone. */
async function uploadState(location: string, { repository, requests }: UploadTarget) {
  const state = await requests.send(
    { method: "GET", target: location, actions: "pull,push" },
    async (response) => {
      if (response.status !== 204 && response.status !== 404)
        throw await statusFailure(response, repository, "push");
      await response.discard();
      // `send` would try again after a `TransportFailure`.
      if (response.status === 404) return undefined;
      const last = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.get("range") ?? "")?.[1];
      // A registry that has nothing says `0-0`, or leaves the header out.
      const offset = last === undefined || last === "0" ? 0 : Number(last) + 1;
      const next = response.headers.get("location");
      return { offset, location: next ?? undefined };
    },
  );
  if (state === undefined) throw new TransportFailure(new Error("the upload is gone"));
  return state;
}

/** Sends the end of an upload: the whole blob, or nothing if it was sent in pieces. */
async function finishUpload(
  blob: BlobSource,
  location: string,
  { repository, requests }: UploadTarget,
  sent: (bytes: number) => void,
  isSent: boolean,
): Promise<void> {
  const hasQuery = location.includes("?");
  await requests.sendOnce(
    {
      method: "PUT",
      target: `${location}${hasQuery ? "&" : "?"}digest=${encodeURIComponent(blob.digest)}`,
      headers: { "content-type": "application/octet-stream" },
      body: isSent ? bodyOf(blob, 0, 0, () => {}) : bodyOf(blob, 0, blob.size, sent),
      actions: "pull,push",
    },
    async (response) => {
      const { status } = response;
      if (status === 201 || status === 204) return response.discard();
      // The upload is gone, or has other bytes than these: a new one may succeed.
      if (status === 404 || status === 416 || isTransientStatus(status)) {
        await response.discard();
        throw new Interrupted(response);
      }
      throw await statusFailure(response, repository, "push");
    },
  );
}

function bodyOf(
  { content, size }: BlobSource,
  start: number,
  end: number,
  sent: (bytes: number) => void,
): RequestBody {
  return {
    length: end - start,
    async *chunks() {
      if (start === end) return;
      let done = start;
      try {
        const pieces =
          "bytes" in content
            ? [content.bytes.subarray(start, end)]
            : createReadStream(content.path, { start, end: end - 1, highWaterMark: 1 << 18 });
        for await (const chunk of pieces as AsyncIterable<Uint8Array>) {
          done += chunk.length;
          yield chunk;
          sent(done);
        }
      } catch (error) {
        throw "path" in content ? asPosyError(error, `reading \`${content.path}\``) : error;
      }
      if (done !== end) {
        throw new PosyError("filesystem", `a file of ${size} bytes changed while it was uploaded`, {
          hint: "run the command again",
        });
      }
    },
  };
}

function locationOf(response: HttpResponse, repository: UploadTarget["repository"]): string {
  const location = response.headers.get("location");
  if (location !== null && URL.canParse(location, response.url)) return new URL(location, response.url).href;
  throw new PosyError("http-status", `\`${formatLocation(repository)}\` does not say where to upload to`, {
    hint: "it is not a registry, or a proxy stands in the way: check the address",
  });
}
