import type { Interpreter } from "../interpreter.ts";

/** A distribution of Python that was recognised by its file's name. */
export interface Distribution {
  readonly kind: "catalogue jar" | "python-build-standalone" | "NuGet package" | "embeddable zip";
  /** With the pybi's own platform tag. */
  readonly interpreter: Interpreter;
  /** What of it is not as it should be. */
  readonly warnings: readonly string[];
  /** Writes its tree into an empty folder as a pybi's, `pybi-info/` and all. */
  place(archivePath: string, into: string): Promise<void>;
}
