import type { Hashes } from "../../vocab/hash.ts";

/** A file as a page lists it. An optional field that the page lacks is absent, never `undefined`. */
export interface PageFile {
  readonly filename: string;
  /** Absolute, without credentials and without fragment. */
  readonly url: string;
  readonly hashes: Hashes;
  readonly requiresPython?: string;
  /** PEP 592. */
  readonly yanked: false | string;
  /** PEP 700: bytes. */
  readonly size?: number;
  /** PEP 700: ISO 8601. */
  readonly uploadTime?: string;
  /** PEP 658/714. */
  readonly coreMetadata?: Hashes | true;
}

/** The content of a project's page, in HTML (PEP 503) or JSON (PEP 691). */
export interface IndexPage {
  readonly files: readonly PageFile[];
  /** PEP 792: `archived`, `quarantined`, `deprecated`; absent for `active`. */
  readonly status?: { readonly status: string; readonly reason?: string };
  /** PEP 708: other pages that, according to the owners, list the same project. */
  readonly alternateLocations: readonly string[];
  readonly tracks: readonly string[];
  /** PEP 629: `1.1`; absent if the page has no version. */
  readonly version?: string;
}
