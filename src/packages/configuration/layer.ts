import type { IndexLocation, IndexSettings } from "../index-settings.ts";

/** What one place (an environment, a file) says of indexes: only what it says. */
export interface ConfigurationLayer extends Partial<Omit<IndexSettings, "refresh" | "excludeNewer">> {
  /** `false`: what a weaker place says does not hold either. */
  readonly excludeNewer?: Date | false;
  /** Takes the place of the public index; of lowest priority. */
  readonly defaultIndex?: IndexLocation;
}
