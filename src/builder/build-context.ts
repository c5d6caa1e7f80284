import type { EnvForest } from "../forest/index.ts";
import type { PackageDB } from "../packages/index.ts";
import type { Interpreter } from "../model/index.ts";
import type { RemoteStore } from "../remote/index.ts";
import type { Reporter } from "../report/reporter.ts";
import type { Home } from "../system/fs/index.ts";
import type { Machine } from "../system/machine/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/** Everything that building needs from outside. */
export interface BuildContext {
  readonly home: Home;
  readonly db: PackageDB;
  /** Build environments are ordinary Envs. */
  readonly forest: EnvForest;
  readonly machine: Machine;
  readonly reporter: Reporter;
  /** The variables that a backend's environment starts from. */
  readonly environment: NodeJS.ProcessEnv;
  /** The interpreters that a request allows on a platform, best first. */
  interpreters(request: string | undefined, platform: PlatformName): Promise<readonly Interpreter[]>;
  /**
   * Identifies the configured indexes (`indexSettingsKey`). Build requirements and results are not shared between
   * different sets of indexes.
   */
  readonly indexSettingsKey: string;
  readonly offline: boolean;
  /** Absolute folders of `--find-links`. Offline, they may have wheels that were built from repositories. */
  readonly folders?: readonly string[];
  /** Where other machines put what they built. */
  readonly remote?: RemoteStore | undefined;
  /** Remembered branches and build requirements are looked up again. */
  readonly refresh: boolean;
  /** Texts of files that are not written yet, by absolute path. Folders are read as if they had them. */
  readonly unwritten?: ReadonlyMap<string, string>;
}
