import type { EnvForest } from "../forest/index.ts";
import type { PackageDB } from "../packages/index.ts";
import type { Interpreter } from "../model/index.ts";
import type { Reporter } from "../report/reporter.ts";
import type { Home } from "../system/fs/index.ts";
import type { Machine } from "../system/machine/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/** What building needs of the world. */
export interface BuildContext {
  readonly home: Home;
  readonly db: PackageDB;
  /** Build environments are ordinary Envs. */
  readonly forest: EnvForest;
  readonly machine: Machine;
  readonly reporter: Reporter;
  /** What backends' environments are made from. */
  readonly environment: NodeJS.ProcessEnv;
  /** The interpreters that a request allows on a platform, best first. */
  interpreters(request: string | undefined, platform: PlatformName): Promise<readonly Interpreter[]>;
  /** Where packages come from (`placesOf`): what a build needed, and what came of it, is not shared between places. */
  readonly places: string;
  readonly offline: boolean;
  /** What is remembered of branches and of build requirements is asked for anew. */
  readonly refresh: boolean;
  /** Texts of files as they are going to be, by their absolute paths: folders are read as if they had them. */
  readonly unwritten?: ReadonlyMap<string, string>;
}
