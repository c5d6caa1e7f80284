import type { Interpreter } from "../../../model/index.ts";

/** An archive of Python whose kind was recognized by its file name. */
export interface Distribution {
  readonly kind:
    | "catalogue jar"
    | "python-build-standalone"
    | "NuGet package"
    | "embeddable zip"
    | "macOS package"
    | "conda package";
  /** Its platform tag may change when the contents are known. */
  readonly interpreter: Interpreter;
  /** Limits of the archive, for the user. */
  readonly warnings: readonly string[];
  /**
   * Writes the archive into an empty folder as the tree of a pybi, with `pybi-info/`. Returns the interpreter if its
   * platform tag follows from the contents.
   */
  extract(archivePath: string, into: string): Promise<Extracted | void>;
}

export interface Extracted {
  readonly interpreter: Interpreter;
  readonly warnings: readonly string[];
}
