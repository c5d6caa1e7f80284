import type { Hashes } from "../vocab/hash.ts";
import type { MarkerEnvironment } from "../vocab/requirement/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/** Keys of `sysconfig.get_paths()`, values relative to the interpreter's root with forward slashes (PEP 711). */
export interface PybiPaths {
  readonly stdlib: string;
  readonly platstdlib: string;
  readonly purelib: string;
  readonly platlib: string;
  readonly include: string;
  readonly platinclude: string;
  readonly scripts: string;
  readonly data: string;
}

/** How the bytes of an interpreter are had, and of what shape they are. */
export type InterpreterSource =
  /** An archive of the built-in catalogue, named by purl; turned into a pybi tree when it is unpacked. */
  | {
      readonly kind: "catalogue";
      readonly purl: string;
      readonly filename: string;
      readonly size: number;
      readonly hashes: Hashes;
    }
  /** An archive of python-build-standalone, whose name says all of it; turned into a pybi tree when it is unpacked. */
  | {
      readonly kind: "standalone";
      readonly url: string;
      readonly filename: string;
      readonly size?: number;
      readonly hashes: Hashes;
    }
  /** A `.pybi`, from an index, a URL or this disk. */
  | {
      readonly kind: "pybi";
      readonly url: string;
      readonly filename: string;
      readonly size?: number;
      readonly hashes: Hashes;
    }
  /** A Python installed on this machine: used where it is, never copied or changed. */
  | { readonly kind: "adopted"; readonly executable: string; readonly fingerprint: string }
  /** Only described (`--python-version`): good for resolving, cannot be grown. */
  | { readonly kind: "described" };

/**
 * An interpreter as a package: what resolving, locking and growing need to know of it, without running it.
 * Plain JSON: it is the interpreter pin of a Blueprint as it stands.
 */
export interface Interpreter {
  readonly implementation: "cpython" | "pypy" | (string & {});
  /** Full version as PEP 440 text: `3.13.5`. */
  readonly version: string;
  readonly freeThreaded: boolean;
  /** Posy's name of the platform it runs on. */
  readonly platform: PlatformName;
  /** Its own platform tag(s): `manylinux_2_35_x86_64`. */
  readonly platformTags: readonly string[];
  readonly source: InterpreterSource;
  /** The PEP 508 variables that are the same wherever it runs (`Pybi-Environment-Marker-Variables`). */
  readonly markers: Partial<MarkerEnvironment>;
  /** `Pybi-Wheel-Tag`, best first, with the platform `PLATFORM` unexpanded. */
  readonly wheelTags: readonly string[];
  readonly paths: PybiPaths;
  /** Standard-library modules that it does not have (`readline`, `_sqlite3`, …): empty where it is whole. */
  readonly lacks: readonly string[];
}
