import type { PackageDB } from "../../packages/index.ts";
import type { Reporter } from "../../report/reporter.ts";
import type { Home } from "../../system/fs/index.ts";

/** What having sources needs of the world. */
export interface SourceContext {
  readonly home: Home;
  readonly db: PackageDB;
  readonly reporter: Reporter;
  /** git gets it: users' credentials, proxies and settings work. */
  readonly environment: NodeJS.ProcessEnv;
  /** Only what is in the cache and on this disk. */
  readonly offline: boolean;
}
