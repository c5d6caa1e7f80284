import type { DirectUrl } from "../vocab/urls/index.ts";
import type { Hashes } from "../vocab/hash.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import type { SdistFilename, WheelFilename } from "../vocab/filenames/index.ts";
import type { Version } from "../vocab/version/index.ts";

interface ArtifactFields {
  readonly filename: string;
  readonly name: PackageName;
  readonly version: Version;
  /** Absolute `https:`, `http:` or `file:` URL without credentials and without fragment. Safe to print and to store. */
  readonly url: string;
  readonly hashes: Hashes;
  /** Bytes, if the index says it (PEP 700). */
  readonly size?: number;
  /** The text of the index, unparsed, so that a malformed one rejects this file only and not the whole page. */
  readonly requiresPython?: string;
  /** PEP 592: `false`, or the reason (may be empty). */
  readonly yanked: false | string;
  /** PEP 700. */
  readonly uploadTime?: Date;
  /** The index serves METADATA next to the file (PEP 658, 714): its hashes, or `true` if the index gives none. */
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
 * A project in source form that no index lists as a file: a folder, a git commit, or an archive whose name does not say
 * the version. Its name and version come from its metadata. `url` is the reference that a lock pins.
 */
export interface SourceArtifact extends ArtifactFields {
  readonly kind: "source";
  readonly origin: DirectUrl;
  /** A digest of the content, 64 hexadecimal digits. Sources with the same identity build the same wheel. */
  readonly identity: string;
}

/** A file that an index, a folder or a URL offers. */
export type IndexedArtifact = WheelArtifact | SdistArtifact;

/** A file or source that provides a version. */
export type Artifact = IndexedArtifact | SourceArtifact;
