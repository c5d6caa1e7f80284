import type { BlueprintTarget, Interpreter } from "../model/index.ts";
import type { Env } from "./envs/index.ts";
import type { WheelBuilder } from "./wheels/index.ts";
import type { StoredTarget } from "./stored-target.ts";
import type { VerifiedForest, VerifyStoreOptions } from "./verify-store.ts";
import type { CleanedForest, ForestBucket, ForestSize } from "./forest-contents.ts";
import type { InstallOptions, RemovedInterpreter } from "./interpreters/index.ts";

/** The content-addressed store in which interpreters, wheels and Envs live side by side. */
export interface EnvForest {
  /**
   * Returns the Env of a target. Fetches, builds and unpacks what is missing and writes the Env, unless it exists: a
   * second call is one `stat`. `builder` replaces the builder that the forest was opened with: a running build passes
   * a builder that knows the chain of builds that led to it.
   */
  grow(target: BlueprintTarget, builder?: WheelBuilder): Promise<Env>;
  /**
   * Returns the interpreter and the wheels of a target in the store, without an Env. Fetches, builds and unpacks what
   * is missing. Nothing of the target runs, so it may be for another platform than this machine.
   */
  store(target: BlueprintTarget): Promise<StoredTarget>;
  /** Does the same for the wheels of a target alone. Its interpreter need not exist. */
  storeWheels(target: BlueprintTarget): Promise<StoredTarget["wheels"]>;
  /** Returns the Env with this key if it exists. Uses no network and unpacks nothing. */
  find(key: string): Promise<Env | undefined>;
  /** Installs an interpreter into the store, or checks an installed Python; returns its root and its executable. */
  interpreter(
    python: Interpreter,
    options?: InstallOptions,
  ): Promise<{ readonly root: string; readonly executable: string }>;
  /** Returns the keys of the Envs that use an interpreter, by the SHA-256 that names the interpreter's folder. */
  envsOn(identity: string): Promise<readonly string[]>;
  /** Removes one interpreter by the SHA-256 that names its folder; returns undefined if it does not exist. */
  removeInterpreter(identity: string): Promise<RemovedInterpreter | undefined>;
  /**
   * Verifies all interpreters, wheels and Envs, and settles those that are right. With `repair`, damaged ones are made
   * again, or removed if that is impossible now.
   */
  verify(options?: VerifyStoreOptions): Promise<VerifiedForest>;
  /** Counts the entries and bytes of each bucket. */
  size(): Promise<ForestSize>;
  /** Removes everything that no tool and no running program uses, or these buckets. */
  clean(buckets?: readonly ForestBucket[]): Promise<CleanedForest>;
  /** Returns the SHA-256 of the stored wheels of some packages, by their normalised names. */
  wheelsOf(names: ReadonlySet<string>): Promise<readonly string[]>;
  /** Removes wheels by their SHA-256, and the Envs that refer to them, unless a tool or a running program uses them. */
  cleanWheels(sha256s: readonly string[]): Promise<CleanedForest>;
}
