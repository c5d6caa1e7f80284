import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError } from "../fs/index.ts";
import {
  type HttpResponse,
  isTransientStatus,
  networkError,
  type RequestBody,
  retryDelay,
  TransportFailure,
} from "../http/index.ts";
import type { Digest } from "./digest.ts";
import { statusFailure } from "./registry-failure.ts";
import { formatLocation, type Reference } from "./reference.ts";
import type { RegistryContext, RegistryRequests } from "./requests.ts";

/** Content that is uploaded: a file or bytes, with its digest and its size in bytes. */
export interface BlobSource {
  readonly digest: Digest;
  readonly size: number;
  readonly content: { readonly path: string } | { readonly bytes: Uint8Array };
}

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
 * Uploads a blob (OCI Distribution Specification, "Pushing blobs"). If `mountFrom` names another repository of the
 * registry that has it, the registry may take it from there. A small blob is sent in one request, a large one in
 * pieces; after a broken connection it goes on where the registry says. Throws `network`, `authentication`,
 * `http-status`, `filesystem`.
 */
export async function uploadBlob(
  blob: BlobSource,
  mountFrom: string | undefined,
  target: UploadTarget,
  sent: (bytes: number) => void,
): Promise<void> {
  const started = await startUpload(blob, mountFrom, target);
  if (started === "mounted") return;
  let { location } = started;
  const piece = Math.max(target.pieceSize ?? pieceSize, started.shortestPiece);
  if (blob.size <= piece) return finishUpload(blob, location, target, sent);
  const retries = target.context.retries ?? 3;
  let [offset, failures] = [0, 0];
  while (offset < blob.size) {
    const end = Math.min(offset + piece, blob.size);
    try {
      location = await sendPiece(blob, { location, offset, end }, target, sent);
      offset = end;
      failures = 0;
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error;
      if (failures >= retries || error.hopeless) throw networkError(urlOf(target), error);
      await sleep(retryDelay(failures, null));
      failures += 1;
      const state = await uploadState(location, target);
      location = state.location ?? location;
      // The registry may have the whole piece, a part of it, or nothing.
      offset = Math.min(state.offset, blob.size);
    }
  }
  await finishUpload(blob, location, target, sent, true);
}

async function startUpload(
  { digest }: BlobSource,
  mountFrom: string | undefined,
  { repository, requests }: UploadTarget,
): Promise<"mounted" | { readonly location: string; readonly shortestPiece: number }> {
  const { name } = repository;
  const mount =
    mountFrom === undefined ? "" : `?${new URLSearchParams({ mount: digest, from: mountFrom }).toString()}`;
  return requests.send(
    {
      method: "POST",
      target: `${name}/blobs/uploads/${mount}`,
      actions: "pull,push",
      ...(mountFrom === undefined ? {} : { alsoPulls: mountFrom }),
    },
    async (response) => {
      if (response.status === 201 && mountFrom !== undefined) {
        await response.discard();
        return "mounted";
      }
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
        throw new TransportFailure(new Error(`status ${response.status}`));
      }
      throw await statusFailure(response, repository, "push");
    },
  );
}

/** Asks how much of an upload the registry has. Throws `http-status` if the upload is gone. */
async function uploadState(location: string, { repository, requests }: UploadTarget) {
  return requests.send({ method: "GET", target: location, actions: "pull,push" }, async (response) => {
    if (response.status !== 204) throw await statusFailure(response, repository, "push");
    await response.discard();
    const last = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.get("range") ?? "")?.[1];
    // A registry that has nothing says `0-0`, or leaves the header out.
    const offset = last === undefined || last === "0" ? 0 : Number(last) + 1;
    const next = response.headers.get("location");
    return { offset, location: next ?? undefined };
  });
}

/** Sends the end of an upload: the whole blob, or nothing if it was sent in pieces. */
async function finishUpload(
  blob: BlobSource,
  location: string,
  { repository, requests }: UploadTarget,
  sent: (bytes: number) => void,
  isSent = false,
): Promise<void> {
  const hasQuery = location.includes("?");
  await requests.send(
    {
      method: "PUT",
      target: `${location}${hasQuery ? "&" : "?"}digest=${encodeURIComponent(blob.digest)}`,
      headers: { "content-type": "application/octet-stream" },
      body: isSent ? bodyOf(blob, 0, 0, () => {}) : bodyOf(blob, 0, blob.size, sent),
      actions: "pull,push",
    },
    async (response) => {
      if (response.status === 201 || response.status === 204) return response.discard();
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

function urlOf({ repository }: UploadTarget): string {
  return `https://${repository.registry}/v2/${repository.name}`;
}
