import type { PackageDB } from "../packages/index.ts";
import type { Reporter } from "../report/reporter.ts";
import type { Home } from "../system/fs/index.ts";
import type { Machine } from "../system/machine/index.ts";
import type { StandalonePythons } from "./standalone/index.ts";

/** What finding interpreters needs. */
export interface PythonsContext {
  readonly home: Home;
  readonly db: PackageDB;
  readonly reporter: Reporter;
  /** Indexes of pybis (`--python-index`), URLs or folders. */
  readonly pythonIndexes: readonly string[];
  /** python-build-standalone; undefined if it is turned off. */
  readonly standalone?: StandalonePythons | undefined;
  /** Nothing is fetched. If any interpreter that fits a request is on this machine, only those are returned. */
  readonly offline?: boolean;
  readonly machine: Machine;
  readonly environment: NodeJS.ProcessEnv;
}
