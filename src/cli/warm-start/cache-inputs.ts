import type { ConsoleReporter } from "../ui/console/reporters.ts";
import { areUnchanged, type CacheInput } from "../../system/fs/fingerprint.ts";

/** The files that an answer of the indexes depends on. */
export interface CacheInputs {
  readonly files: readonly CacheInput[];
  /** When the answer was made, in milliseconds since 1970. */
  readonly made: number;
  /** The time, in milliseconds since 1970, until which no index has to be asked again. */
  readonly freshUntil: number;
}

/** A reporter that records what the answer depends on. */
export interface CacheInputReporter extends ConsoleReporter {
  /**
   * Returns undefined if the answer must not be cached: it depends on something that can't be checked later, or a
   * warning was shown.
   */
  cacheInputs(): CacheInputs | undefined;
}

export function recordCacheInputs(reporter: ConsoleReporter): CacheInputReporter {
  const files = new Map<string, string>();
  let freshUntil = Number.POSITIVE_INFINITY;
  let isCacheable = true;
  return {
    ...reporter,
    report(event) {
      if (event.kind === "cache-input") {
        freshUntil = Math.min(freshUntil, event.freshUntil);
        if (event.file !== undefined) {
          const [path, was] = event.file;
          // The file was read twice and changed in between.
          if ((files.get(path) ?? was) !== was) isCacheable = false;
          files.set(path, was);
        } else isCacheable = false;
      }
      if (event.kind === "warning" && event.about === undefined) isCacheable = false;
      reporter.report(event);
    },
    cacheInputs() {
      const made = Date.now();
      return isCacheable && made < freshUntil && Number.isFinite(freshUntil)
        ? { files: [...files], made, freshUntil }
        : undefined;
    },
  };
}

/**
 * Returns whether the same question would get the same answer now. An answer with a date in the future is not valid: a
 * clock that was set back would keep it for years.
 */
export function isStillValid({ files, made, freshUntil }: CacheInputs): boolean {
  const now = Date.now();
  return made <= now && now < freshUntil && areUnchanged(files, process.env);
}
