import type { ConsoleReporter } from "../ui/reporters.ts";
import { areUnchanged, type FileFingerprint } from "../../system/fs/fingerprint.ts";

/** What an answer of the indexes rests on. */
export interface CacheInputs {
  readonly files: readonly FileFingerprint[];
  /** Milliseconds since 1970 until which nothing of it need be asked for again. */
  readonly freshUntil: number;
}

/** A reporter that hears what the answer rests on. */
export interface CacheInputReporter extends ConsoleReporter {
  /** Undefined where an answer can't be given again: it may not hold, or a person was told something besides. */
  cacheInputs(): CacheInputs | undefined;
}

export function recordCacheInputs(reporter: ConsoleReporter): CacheInputReporter {
  const files = new Map<string, string>();
  let freshUntil = Number.POSITIVE_INFINITY;
  let isSolid = true;
  return {
    ...reporter,
    report(event) {
      if (event.kind === "cache-input") {
        freshUntil = Math.min(freshUntil, event.freshUntil);
        if (event.file !== undefined) {
          const [path, was] = event.file;
          // Read twice, and another in between.
          if ((files.get(path) ?? was) !== was) isSolid = false;
          files.set(path, was);
        } else isSolid = false;
      }
      if (event.kind === "warning" && event.about !== "settings") isSolid = false;
      reporter.report(event);
    },
    cacheInputs: () =>
      isSolid && Date.now() < freshUntil && Number.isFinite(freshUntil)
        ? { files: [...files], freshUntil }
        : undefined,
  };
}

/** Whether what rests on it would be answered alike now. */
export function isStillValid({ files, freshUntil }: CacheInputs): boolean {
  return Date.now() < freshUntil && areUnchanged(files);
}
