import type { BlueprintTarget, Interpreter } from "../model/index.ts";
import type { Env } from "./envs/index.ts";
import type { WheelBuilder } from "./wheels/index.ts";
import type { ForestBucket, ForestSize } from "./forest-contents.ts";
import type { InstallOptions, RemovedInterpreter } from "./interpreters/index.ts";

/** The content-addressed store in which interpreters, wheels and Envs live side by side. */
export interface EnvForest {
  /**
   * Fetches, builds and unpacks what is missing, composes the Env, or finds it: asking again is one `stat`. `builder`
   * stands in for the forest's own: a build under way hands its own on, so that it knows what led to it.
   */
  grow(target: BlueprintTarget, builder?: WheelBuilder): Promise<Env>;
  /** The Env by its key if it is there: no network, no unpacking. */
  find(key: string): Promise<Env | undefined>;
  /** Puts an interpreter into the forest (or finds the adopted one); returns its root and its executable. */
  interpreter(
    python: Interpreter,
    how?: InstallOptions,
  ): Promise<{ readonly root: string; readonly executable: string }>;
  /** Keys of the Envs that rest on the interpreter whose folder is called by this SHA-256. */
  envsOn(identity: string): Promise<readonly string[]>;
  /** Removes one interpreter by the SHA-256 that its folder is called by; undefined where it is not there. */
  removeInterpreter(identity: string): Promise<RemovedInterpreter | undefined>;
  /** What is in it. */
  size(): Promise<ForestSize>;
  /** Removes everything, or these buckets; returns what was removed. */
  clean(which?: readonly ForestBucket[]): Promise<ForestSize>;
}
