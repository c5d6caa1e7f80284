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

/** Where the files of an interpreter come from, and in which format. */
export type InterpreterSource =
  /** An archive of the built-in catalogue, named by its purl. Unpacking turns it into a pybi tree. */
  | {
      readonly kind: "catalogue";
      readonly purl: string;
      readonly filename: string;
      readonly size: number;
      readonly hashes: Hashes;
    }
  /** An archive of python-build-standalone, described by its file name. Unpacking turns it into a pybi tree. */
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
  /** A Python that is installed on this machine. Posy uses it in its folder, and never copies or changes it. */
  | { readonly kind: "adopted"; readonly executable: string; readonly fingerprint: string }
  /** A description without files (`--python-version`): enough for resolving, but no Env can be grown with it. */
  | { readonly kind: "described" }
  /**
   * No source had the Python when the lock was made, so the interpreter is chosen on the machine that uses the lock.
   * `request` is the Python request that it must meet (`>=3.13`). The version of the interpreter is an assumption.
   */
  | { readonly kind: "open"; readonly request: string };

/**
 * An interpreter as a package: what resolving, locking and growing need to know about it, without running it. Plain
 * JSON: a Blueprint contains it unchanged as the pin of its interpreter.
 */
export interface Interpreter {
  readonly implementation: "cpython" | "pypy" | (string & {});
  /** Full version as PEP 440 text: `3.13.5`. */
  readonly version: string;
  readonly freeThreaded: boolean;
  /** Posy's name for the platform on which it runs. */
  readonly platform: PlatformName;
  /** Its platform tags: `manylinux_2_35_x86_64`. */
  readonly platformTags: readonly string[];
  readonly source: InterpreterSource;
  /** The PEP 508 variables that are the same on all machines (`Pybi-Environment-Marker-Variables`). */
  readonly markers: Partial<MarkerEnvironment>;
  /** `Pybi-Wheel-Tag`, best first, with the platform `PLATFORM` unexpanded. */
  readonly wheelTags: readonly string[];
  readonly paths: PybiPaths;
  /** Missing modules of the standard library (`readline`, `_sqlite3`, …). */
  readonly lacks: readonly string[];
}
