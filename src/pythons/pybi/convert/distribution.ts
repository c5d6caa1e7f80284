import type { Interpreter } from "../../../model/index.ts";

/** A distribution of Python that was recognised by its file's name. */
export interface Distribution {
  readonly kind:
    | "catalogue jar"
    | "python-build-standalone"
    | "NuGet package"
    | "embeddable zip"
    | "macOS package"
    | "conda package";
  /** With the pybi's own platform tag, where it does not depend on what is inside. */
  readonly interpreter: Interpreter;
  /** What of it is not as it should be. */
  readonly warnings: readonly string[];
  /**
   * Writes its tree into an empty folder as a pybi's, `pybi-info/` and all. Returns the interpreter where more is known of
   * it then, its platform tag for one.
   */
  place(archivePath: string, into: string): Promise<Placed | void>;
}

export interface Placed {
  readonly interpreter: Interpreter;
  readonly warnings: readonly string[];
}
