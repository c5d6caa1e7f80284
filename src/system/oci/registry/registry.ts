import { open, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError } from "../../fs/index.ts";
import {
  type HttpResponse,
  isTransientStatus,
  networkError,
  retryDelay,
  TransportFailure,
} from "../../http/index.ts";
import { checkDigest, type Digest, digestOf, hasherFor, parseDigest } from "../digest.ts";
import type { BlobSource, ReadManifest } from "../image-store.ts";
import {
  type Descriptor,
  formatManifest,
  type ImageIndex,
  type ImageManifest,
  mediaTypes,
  parseManifest,
} from "../manifest.ts";
import { formatLocation, type Reference, tagPattern } from "../reference.ts";
import { statusFailure } from "./registry-failure.ts";
import { openRequests, type RegistryContext } from "./requests.ts";
import { mountBlob, uploadBlob } from "./upload-blob.ts";

/** One repository of a registry. All methods throw `network`, `authentication`, `http-status` and `offline`. */
export interface Registry {
  /** `oci://host/name`, for messages. */
  readonly location: string;
  hasBlob(digest: Digest): Promise<boolean>;
  /** Returns a blob that is held in memory. Throws `hash-mismatch`, `size-mismatch`, `not-found`. */
  readBlob(descriptor: Pick<Descriptor, "digest" | "size">): Promise<Uint8Array>;
  /**
   * Writes a blob into a new file and verifies it on the way. After a broken connection it goes on where it stopped.
   * Without `size`, at most `largest` bytes are taken. Removes the file if it throws. `heard` gets the bytes so far.
   */
  downloadBlob(
    blob: { readonly digest: Digest; readonly size?: number; readonly largest?: number },
    path: string,
    heard?: (done: number) => void,
  ): Promise<number>;
  /** Uploads a blob unless the repository has it. Returns whether it was sent. */
  uploadBlob(blob: BlobSource, options?: { readonly sent?: (done: number) => void }): Promise<boolean>;
  /** Takes a blob from another repository of the registry. Returns false if it can't be had so. */
  mountBlob(digest: Digest, from: string): Promise<boolean>;
  /** Whether the repository has a manifest with this tag or digest. */
  hasManifest(reference: string): Promise<boolean>;
  /** Returns a manifest by its tag or digest, or undefined. Throws `invalid-manifest`, `hash-mismatch`. */
  readManifest(reference: string): Promise<ReadManifest | undefined>;
  /** Writes a manifest under a tag, or under its digest. All that it refers to must be there. */
  writeManifest(manifest: ImageManifest | ImageIndex, tag?: string): Promise<Descriptor>;
  /** Lists the tags. */
  tags(): Promise<readonly string[]>;
  /**
   * Lists the manifests that refer to a manifest (`subject`), by the API or, if the registry lacks it, by the tag that
   * the specification has for this.
   */
  referrers(digest: Digest): Promise<readonly Descriptor[]>;
}

/** Registries refuse larger manifests (OCI Distribution Specification, "Pushing manifests"). */
const largestManifest = 4 << 20;
const largestPage = 16 << 20;
const mostTags = 1_000_000;
/** A blob of unknown size. */
const largestBlob = 64 * 2 ** 30;

const acceptedManifests = [
  mediaTypes.manifest,
  mediaTypes.index,
  mediaTypes.dockerManifest,
  mediaTypes.dockerIndex,
].join(", ");

/** Opens a repository of a registry. Sends nothing before the first call. `pieceSize`: see `uploadBlob`. */
export function openRegistry(
  { registry, name }: Pick<Reference, "registry" | "name">,
  context: RegistryContext & { readonly pieceSize?: number },
): Registry {
  const repository = { registry, name };
  const location = formatLocation(repository);
  const requests = openRequests(repository, context);
  const refuse = (response: HttpResponse, what: "pull" | "push" = "pull") =>
    statusFailure(response, repository, what);

  const exists = (path: string, accept?: string) =>
    requests.send(
      { method: "HEAD", target: `${name}/${path}`, ...(accept === undefined ? {} : { headers: { accept } }) },
      async (response) => {
        await response.discard();
        if (response.status === 200) return true;
        if (response.status === 404) return false;
        throw await refuse(response);
      },
    );

  const readManifest: Registry["readManifest"] = (reference) =>
    requests.send(
      { method: "GET", target: `${name}/manifests/${reference}`, headers: { accept: acceptedManifests } },
      async (response) => {
        if (response.status === 404) {
          await response.discard();
          return undefined;
        }
        if (response.status !== 200) throw await refuse(response);
        const bytes = await response.bytes(largestManifest);
        const what = `the manifest \`${reference}\` of \`${location}\``;
        const announced = response.headers.get("docker-content-digest");
        const asked = reference.includes(":") ? parseDigest(reference) : undefined;
        for (const digest of [asked, announced === null ? undefined : parseDigest(announced)]) {
          if (digest !== undefined) checkDigest(hasherFor(digest).update(bytes), digest, what);
        }
        return { digest: asked ?? digestOf(bytes), bytes, manifest: parseManifest(bytes, what) };
      },
    );

  const downloadBlob: Registry["downloadBlob"] = async (
    { digest, size, largest },
    path,
    heard = () => {},
  ) => {
    const limit = size ?? largest ?? largestBlob;
    const retries = context.retries ?? 3;
    const file = await open(path, "wx").catch((error: unknown) => {
      throw asPosyError(error, `writing \`${path}\``);
    });
    let [hash, done] = [hasherFor(digest), 0];
    try {
      for (let tries = 0; ; tries += 1) {
        try {
          await requests.sendOnce(
            {
              method: "GET",
              target: `${name}/blobs/${digest}`,
              headers: {
                "accept-encoding": "identity",
                ...(done > 0 ? { range: `bytes=${done}-` } : {}),
              },
            },
            async (response) => {
              if (response.status === 404) throw missing(digest, location);
              if (isTransientStatus(response.status)) {
                await response.discard();
                throw new TransportFailure(new Error(`status ${response.status}`));
              }
              const isRest =
                response.status === 206 &&
                new RegExp(`^bytes ${done}-`).test(response.headers.get("content-range") ?? "");
              if (response.status !== 200 && !isRest) throw await refuse(response);
              if (!isRest) [hash, done] = [hasherFor(digest), 0];
              for await (const chunk of response.chunks()) {
                if (done + chunk.length > limit) throw tooLarge(digest, limit, location);
                await file.write(chunk, 0, chunk.length, done);
                hash.update(chunk);
                done += chunk.length;
                heard(done);
              }
            },
          );
          break;
        } catch (error) {
          if (!(error instanceof TransportFailure)) throw error;
          if (tries >= retries || error.hopeless) throw networkError(`https://${registry}/v2/${name}`, error);
          await sleep(retryDelay(tries, null));
        }
      }
      if (size !== undefined && done !== size) throw wrongSize(digest, done, size, location);
      checkDigest(hash, digest, `a blob of \`${location}\``);
      await file.truncate(done);
      await file.close();
      return done;
    } catch (error) {
      await file.close().catch(() => {});
      await rm(path, { force: true });
      throw error instanceof PosyError ? error : asPosyError(error, `writing \`${path}\``);
    }
  };

  return {
    location,
    hasBlob: (digest) => exists(`blobs/${digest}`),
    readBlob: ({ digest, size }) =>
      requests.send({ method: "GET", target: `${name}/blobs/${digest}` }, async (response) => {
        if (response.status === 404) throw missing(digest, location);
        if (response.status !== 200) throw await refuse(response);
        const bytes = await response.bytes(size);
        if (bytes.length !== size) throw wrongSize(digest, bytes.length, size, location);
        checkDigest(hasherFor(digest).update(bytes), digest, `a blob of \`${location}\``);
        return bytes;
      }),
    downloadBlob,
    async uploadBlob(blob, { sent = () => {} } = {}) {
      if (await exists(`blobs/${blob.digest}`)) return false;
      const { pieceSize } = context;
      await uploadBlob(blob, { repository, requests, context, pieceSize }, sent);
      return true;
    },
    mountBlob: (digest, from) => mountBlob(digest, from, { repository, requests }),
    hasManifest: (reference) => exists(`manifests/${reference}`, acceptedManifests),
    readManifest,
    async writeManifest(manifest, tag) {
      const bytes = formatManifest(manifest);
      const digest = digestOf(bytes);
      const mediaType =
        manifest.mediaType ?? ("manifests" in manifest ? mediaTypes.index : mediaTypes.manifest);
      await requests.send(
        {
          method: "PUT",
          target: `${name}/manifests/${tag ?? digest}`,
          headers: { "content-type": mediaType },
          body: {
            length: bytes.length,
            async *chunks() {
              yield bytes;
            },
          },
          actions: "pull,push",
        },
        async (response) => {
          if (response.status === 201 || response.status === 200) return response.discard();
          throw await refuse(response, "push");
        },
      );
      return { mediaType, digest, size: bytes.length };
    },
    async tags() {
      const found: string[] = [];
      let target: string | undefined = `${name}/tags/list?n=1000`;
      while (target !== undefined && found.length < mostTags) {
        const page: { tags: readonly string[]; next: string | undefined } = await requests.send(
          { method: "GET", target },
          async (response) => {
            if (response.status === 404) {
              await response.discard();
              return { tags: [], next: undefined };
            }
            if (response.status !== 200) throw await refuse(response);
            return { tags: tagsIn(await response.bytes(largestPage)), next: nextPage(response) };
          },
        );
        found.push(...page.tags);
        // A registry that sends the same page for ever must not keep Posy busy.
        target = page.tags.length === 0 ? undefined : page.next;
      }
      return [...new Set(found)];
    },
    async referrers(digest) {
      const answer = await requests.send(
        { method: "GET", target: `${name}/referrers/${digest}`, headers: { accept: mediaTypes.index } },
        async (response) => {
          if (response.status !== 200) {
            await response.discard();
            return undefined;
          }
          return parseManifest(
            await response.bytes(largestManifest),
            `the list of referrers of \`${location}\``,
          );
        },
      );
      const index = answer ?? (await readManifest(digest.replace(":", "-")))?.manifest;
      return index !== undefined && "manifests" in index ? index.manifests : [];
    },
  };
}

function tagsIn(bytes: Uint8Array): readonly string[] {
  try {
    const { tags } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { readonly tags?: unknown };
    return Array.isArray(tags)
      ? (tags as unknown[]).filter((tag): tag is string => typeof tag === "string" && tagPattern.test(tag))
      : [];
  } catch {
    return [];
  }
}

/** Returns the address of the next page (RFC 8288): `</v2/name/tags/list?last=x>; rel="next"`. */
function nextPage({ headers, url }: HttpResponse): string | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get("link") ?? "")?.[1];
  if (link === undefined || !URL.canParse(link, url)) return undefined;
  const next = new URL(link, url);
  return next.origin === new URL(url).origin ? next.href : undefined;
}

function missing(digest: Digest, location: string): PosyError {
  return new PosyError("not-found", `\`${location}\` has no blob \`${digest}\``, {
    hint: "it was removed from the registry: push it again",
  });
}

function tooLarge(digest: Digest, limit: number, location: string): PosyError {
  return new PosyError(
    "size-mismatch",
    `the blob \`${digest}\` of \`${location}\` has more than ${limit} bytes`,
    {
      hint: "do not use it: tell the operators of the registry",
    },
  );
}

function wrongSize(digest: Digest, actual: number, size: number, location: string): PosyError {
  return new PosyError(
    "size-mismatch",
    `the blob \`${digest}\` of \`${location}\` has ${actual} bytes, but ${size} were expected`,
    { hint: "do not use it: tell the operators of the registry" },
  );
}
