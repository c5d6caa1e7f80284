import type { DirectUrl } from "../vocab/urls/index.ts";
import type { Hashes } from "../vocab/hash.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import type { SdistFilename, WheelFilename } from "../vocab/filenames/index.ts";
import type { Version } from "../vocab/version/index.ts";

interface ArtifactFields {
  readonly filename: string;
  readonly name: PackageName;
  readonly version: Version;
  /** Absolute `https:`, `http:` or `file:` URL without credentials and without fragment. Safe to print and keep. */
  readonly url: string;
  readonly hashes: Hashes;
  /** Bytes, where the index says it (PEP 700). */
  readonly size?: number;
  /** As the index has it, unparsed: a malformed one rejects this file only (pitfall 4). */
  readonly requiresPython?: string;
  /** PEP 592: `false`, or the reason (may be empty). */
  readonly yanked: false | string;
  /** PEP 700. */
  readonly uploadTime?: Date;
  /** PEP 658/714: METADATA is served beside the file; its hashes where known. */
  readonly coreMetadata?: Hashes | true;
  /** The index or folder that listed it, safe to print; undefined for a direct URL. */
  readonly index?: string;
}

export interface WheelArtifact extends ArtifactFields {
  readonly kind: "wheel";
  readonly wheel: WheelFilename;
}

export interface SdistArtifact extends ArtifactFields {
  readonly kind: "sdist";
  readonly sdist: SdistFilename;
}

/**
 * A project in source form that no index lists as a file: a folder, a git commit, an archive whose name says nothing.
 * Its name and version were read in it; `url` is the reference as it is pinned.
 */
export interface SourceArtifact extends ArtifactFields {
  readonly kind: "source";
  readonly origin: DirectUrl;
  /** Names the content, as 64 hexadecimal digits: what is built of the same is the same. */
  readonly identity: string;
}

/** A file that an index, a folder or a URL offers. */
export type IndexedArtifact = WheelArtifact | SdistArtifact;

/** What a version can be had from. */
export type Artifact = IndexedArtifact | SourceArtifact;
