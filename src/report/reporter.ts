/**
 * What the core tells while it works. It never prints: it sends events to a `Reporter` that the caller passed
 * in (a terminal, JSON lines, nothing, a recorder in tests).
 */
export type PosyEvent =
  /** Something a person should know though nothing failed. `key` lets a reporter say it once. */
  | {
      readonly kind: "warning";
      readonly message: string;
      readonly hint?: string | undefined;
      readonly key?: string;
      /** A warning about settings follows from files and variables alone: it is the same without resolving anything. */
      readonly about?: "settings";
    }
  /** Detail for `-v`. */
  | { readonly kind: "debug"; readonly message: string }
  /** A stage of the whole: shown as the current activity. */
  | {
      readonly kind: "stage";
      readonly stage: Stage;
      readonly state: "start" | "end";
      readonly detail?: string;
    }
  /** Progress in a stage, in its own unit. `id` names one transfer or one wheel. */
  | {
      readonly kind: "progress";
      readonly stage: Stage;
      readonly id: string;
      readonly done: number;
      readonly total?: number | undefined;
      readonly finished?: boolean;
    }
  /**
   * What is answered rests on what this file of the cache was like (`fingerprint`), and that is good without asking until
   * `freshUntil`, milliseconds since 1970. Without a file: on something of which nobody can tell whether it still holds.
   */
  | {
      readonly kind: "cache-input";
      readonly file?: readonly [path: string, fingerprint: string];
      readonly freshUntil: number;
    }
  /** What a program that works for us says, as it comes; `id` names what it works on. */
  | { readonly kind: "output"; readonly id: string; readonly text: string };

/** `fetch` counts bytes, `unpack` bytes, `resolve` package versions looked at, `build` seconds. */
export type Stage = "resolve" | "fetch" | "unpack" | "compose" | "probe" | "build";

export interface Reporter {
  report(event: PosyEvent): void;
}

type CacheInputEvent = Extract<PosyEvent, { kind: "cache-input" }>;

/** Of what nobody can tell whether it still holds. */
export const uncacheable: CacheInputEvent = { kind: "cache-input", freshUntil: 0 };

/** Of a file of the cache; `fingerprint` is "" where it is not there. */
export function cacheInput(path: string, fingerprint: string, freshUntil: number): CacheInputEvent {
  return { kind: "cache-input", ...(fingerprint === "" ? {} : { file: [path, fingerprint] }), freshUntil };
}

export const silentReporter: Reporter = { report() {} };
