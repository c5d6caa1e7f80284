import type { PosyEvent, Reporter } from "../../src/report/reporter.ts";

type CacheInput = Extract<PosyEvent, { kind: "cache-input" }>;

export interface RecordingReporter extends Reporter {
  /** All events except `cache-input`. */
  readonly events: Exclude<PosyEvent, CacheInput>[];
  readonly cacheInputs: CacheInput[];
  warnings(): string[];
}

/** Returns a reporter that records every event. */
export function recordingReporter(): RecordingReporter {
  const events: Exclude<PosyEvent, CacheInput>[] = [];
  const cacheInputs: CacheInput[] = [];
  return {
    events,
    cacheInputs,
    report: (event) => void (event.kind === "cache-input" ? cacheInputs.push(event) : events.push(event)),
    warnings: () => events.flatMap((event) => (event.kind === "warning" ? [event.message] : [])),
  };
}
