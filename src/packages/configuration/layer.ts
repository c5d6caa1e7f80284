import type { IndexLocation, IndexSettings } from "../index-settings.ts";

/**
 * The index settings of one source: the variables of one tool, or one file. Settings that the source does not
 * mention are absent.
 */
export interface ConfigurationLayer extends Partial<Omit<IndexSettings, "refresh" | "excludeNewer">> {
  /** `false` also cancels the cut-off of weaker layers. */
  readonly excludeNewer?: Date | false;
  /** Replaces the public index. It has the lowest priority. */
  readonly defaultIndex?: IndexLocation;
}
