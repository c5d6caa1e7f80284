import type { Timings } from "./timings.ts";

/**
 * What the core reports while it works. The core never prints: it sends events to the `Reporter` of its caller (a
 * terminal, JSON lines, nothing, a recorder in tests).
 */
export type PosyEvent =
  /** Something that a person should know although nothing failed. A reporter shows each `key` once. */
  | {
      readonly kind: "warning";
      readonly message: string;
      readonly hint?: string | undefined;
      readonly key?: string;
      /**
       * A warning about settings depends on files and variables only, so a cached answer repeats it. One about waiting
       * for another process has no part in the answer.
       */
      readonly about?: "settings" | "waiting";
    }
  /** Detail for `-v`. */
  | { readonly kind: "debug"; readonly message: string }
  /** A stage of the work begins or ends. Reporters show it as the current activity. */
  | {
      readonly kind: "stage";
      readonly stage: Stage;
      readonly state: "start" | "end";
      readonly detail?: string;
      /** The number of items that the stage will work on, if it is known when the stage begins. */
      readonly count?: number;
    }
  /** Progress in a stage, in the unit of the stage (see `Stage`). `id` names one transfer or one wheel. */
  | {
      readonly kind: "progress";
      readonly stage: Stage;
      readonly id: string;
      readonly done: number;
      readonly total?: number | undefined;
      readonly finished?: boolean;
    }
  /**
   * The answer depends on a file of the cache, in the state that `fingerprint` describes. The file needs no request
   * until `freshUntil`, milliseconds since 1970. Without `file`, the answer depends on something that can't be
   * checked later.
   */
  | {
      readonly kind: "cache-input";
      readonly file?: readonly [path: string, fingerprint: string];
      readonly freshUntil: number;
    }
  /** Output of a program that Posy runs (a build backend), as it arrives. `id` names what it works on. */
  | { readonly kind: "output"; readonly id: string; readonly text: string };

/**
 * `fetch` and `upload` count bytes, `unpack` bytes, `resolve` package versions looked at, `build` seconds, `verify`
 * entries.
 */
export type Stage = "resolve" | "fetch" | "unpack" | "compose" | "probe" | "build" | "upload" | "verify";

export interface Reporter {
  report(event: PosyEvent): void;
  /** Measures where the time goes. Without it, nothing is measured. */
  readonly timings?: Timings | undefined;
}

type CacheInputEvent = Extract<PosyEvent, { kind: "cache-input" }>;

/** The answer depends on something that can't be checked later, so it can't be cached. */
export const uncacheable: CacheInputEvent = { kind: "cache-input", freshUntil: 0 };

/** The answer depends on a file of the cache. `fingerprint` is "" if the file is missing. */
export function cacheInput(path: string, fingerprint: string, freshUntil: number): CacheInputEvent {
  return { kind: "cache-input", ...(fingerprint === "" ? {} : { file: [path, fingerprint] }), freshUntil };
}

export const silentReporter: Reporter = { report() {} };
