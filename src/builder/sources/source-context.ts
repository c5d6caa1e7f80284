import type { PackageDB } from "../../packages/index.ts";
import type { Reporter } from "../../report/reporter.ts";
import type { Home } from "../../system/fs/index.ts";

/** Everything that fetching sources needs from outside. */
export interface SourceContext {
  readonly home: Home;
  readonly db: PackageDB;
  readonly reporter: Reporter;
  /** The environment of git, so that the user's credentials, proxies and settings work. */
  readonly environment: NodeJS.ProcessEnv;
  /** Only the cache and this disk are used. */
  readonly offline: boolean;
}
