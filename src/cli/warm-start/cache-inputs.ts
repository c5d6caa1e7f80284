import type { ConsoleReporter } from "../ui/console/reporters.ts";
import { areUnchanged, type CacheInput } from "../../system/fs/fingerprint.ts";

/** The files that an answer of the indexes depends on. */
export interface CacheInputs {
  readonly files: readonly CacheInput[];
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
      if (event.kind === "warning" && event.about !== "settings") isCacheable = false;
      reporter.report(event);
    },
    cacheInputs: () =>
      isCacheable && Date.now() < freshUntil && Number.isFinite(freshUntil)
        ? { files: [...files], freshUntil }
        : undefined,
  };
}

/** Returns whether the same question would get the same answer now. */
export function isStillValid({ files, freshUntil }: CacheInputs): boolean {
  return Date.now() < freshUntil && areUnchanged(files, process.env);
}
