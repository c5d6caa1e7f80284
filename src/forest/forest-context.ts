import type { InterpreterStoreContext } from "./interpreters/index.ts";
import type { WheelBuilder } from "./wheels/index.ts";

/** What the operations of a forest work with. */
export interface ForestContext extends InterpreterStoreContext {
  /** Without a builder, only pins that name a wheel can be installed. */
  readonly builder?: WheelBuilder;
  /** Number of unpacking threads, by default one per core; 0 unpacks on the main thread. */
  readonly unpackThreads?: number;
  /**
   * Verifies what exists and is used: `quick` by sizes and times, `full` by hashes. Without it, an Env that is intact
   * is used at once.
   */
  readonly verification?: "quick" | "full" | undefined;
}
