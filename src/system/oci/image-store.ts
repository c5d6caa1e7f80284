import type { Digest } from "./digest.ts";
import type { Descriptor, ImageIndex, ImageManifest } from "./manifest.ts";

/** Content with its digest and its size in bytes: a file or bytes. */
export interface BlobSource {
  readonly digest: Digest;
  readonly size: number;
  readonly content: { readonly path: string } | { readonly bytes: Uint8Array };
}

/** A manifest as it was read: its bytes have the digest. */
export interface ReadManifest {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly manifest: ImageManifest | ImageIndex;
}

/** Where an image is read from: a repository of a registry, or an image layout. */
export interface ImageSource {
  /** For messages. */
  readonly location: string;
  /** Returns a manifest by its tag or digest, or undefined. Without `reference`, returns the only one. */
  readManifest(reference: string | undefined): Promise<ReadManifest | undefined>;
  /** Returns a small blob. Throws `hash-mismatch`, `size-mismatch`, `not-found`. */
  readBlob(descriptor: Descriptor): Promise<Uint8Array>;
  /** Returns a blob as a file that has the digest. It may be written into `folder`. Throws as `readBlob` does. */
  blobFile(descriptor: Descriptor, folder: string): Promise<BlobSource>;
}

/** Where an image is written to. */
export interface ImageDestination {
  /** For messages. */
  readonly location: string;
  hasBlob(digest: Digest): Promise<boolean>;
  /** Writes a blob unless it is there. Returns whether it was written. */
  putBlob(blob: BlobSource): Promise<boolean>;
  /** Takes a blob from another repository of the same registry. Returns false if it can't be had so. */
  mountBlob?(digest: Digest, from: string): Promise<boolean>;
  /**
   * Writes a manifest, whose blobs are there. `tags` are its names. Without one, it can be found by its digest only.
   */
  putManifest(manifest: ImageManifest | ImageIndex, tags?: readonly string[]): Promise<Descriptor>;
}
