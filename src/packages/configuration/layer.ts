import type { KnownCredentials } from "../../system/http/credentials.ts";
import type { IndexLocation } from "../index-settings.ts";

/** What one place (an environment, a file) says of indexes: only what it says. */
export interface ConfigurationLayer {
  readonly indexes?: readonly IndexLocation[];
  /** Takes the place of the public index; of lowest priority. */
  readonly defaultIndex?: IndexLocation;
  readonly findLinks?: readonly string[];
  readonly noIndex?: boolean;
  readonly strategy?: "first-index" | "merge";
  readonly excludeNewer?: Date;
  readonly offline?: boolean;
  readonly credentials?: readonly KnownCredentials[];
  readonly keyring?: boolean;
  readonly certificates?: string;
  readonly clientCertificate?: string;
  readonly proxy?: string;
  readonly trustedHosts?: readonly string[];
  readonly concurrency?: number;
  readonly timeout?: number;
  readonly retries?: number;
}
