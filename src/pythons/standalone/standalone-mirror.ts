import type { StandaloneBuild } from "./standalone-build.ts";

/** A folder or URL with archives of python-build-standalone. */
export interface StandaloneMirror {
  /** Safe to print. */
  readonly label: string;
  /**
   * Yields the builds that `chooseBuilds` chose, newest first. Each step is one more request, so a caller stops as soon
   * as it has what it needs.
   */
  listings(): AsyncIterable<readonly StandaloneBuild[]>;
  /** Returns the URL of an archive; undefined if the mirror lacks it. */
  urlOf(build: StandaloneBuild): Promise<string | undefined>;
}
