import type { Sha256 } from "../vocab/hash.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/** Identifies an entry of the BuildStore by the names of its folders (`src/builder/store/build-store.ts`). */
export interface BuildKey {
  /** The identity of the source: 64 hexadecimal digits. */
  readonly source: string;
  /** The key of the interpreter, the platform with its C library, and the settings: 32 hexadecimal digits. */
  readonly setup: string;
  /** The key of the configured indexes, if the result depends on them: 32 hexadecimal digits. */
  readonly indexes?: string;
  readonly platform: PlatformName;
}

/** Identifies a built wheel. */
export interface WheelKey extends BuildKey {
  /** The key of the packages that it was built with: 32 hexadecimal digits. */
  readonly pins: string;
}

/** What identifies a wheel in an index, where it is looked up by its name. */
export interface WheelName {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
}

/** A wheel that was fetched. Its bytes have the hash, but nothing else of it was checked. */
export interface FetchedWheel {
  readonly filename: string;
  readonly sha256: Sha256;
}

/** Text files by name: `METADATA`, `requires-….json`. */
export type BuildResults = ReadonlyMap<string, string>;

/**
 * A place where other machines put what they built. No method throws because of the store: if it does not answer,
 * refuses, or sends something wrong, there is one warning, and the answer is that it has nothing.
 */
export interface RemoteStore {
  /** A name for folders: what was fetched from one store does not count for another. */
  readonly id: string;
  /** Whether what is built here is uploaded. */
  readonly pushes: boolean;
  /** Fetches a built wheel into a new file `path`. `accepts` returns whether its file name is the expected one. */
  fetchWheel(
    key: WheelKey,
    wheel: WheelName,
    path: string,
    accepts: (filename: string) => boolean,
  ): Promise<FetchedWheel | undefined>;
  /** Fetches what a build backend said about a source. */
  fetchResults(key: BuildKey): Promise<BuildResults | undefined>;
  /** Fetches the archive of an interpreter into a new file `path`. Returns whether it did. */
  fetchInterpreter(sha256: Sha256, path: string): Promise<boolean>;
  /** Uploads a built wheel in the background, unless the store has one. */
  pushWheel(key: WheelKey, wheel: FetchedWheel & { readonly path: string }): void;
  /** Uploads what a build backend said, in the background. */
  pushResults(key: BuildKey, results: BuildResults): void;
  /** Waits for uploads. */
  close(): Promise<void>;
}
