import type { PosyEvent, Reporter } from "../../src/report/reporter.ts";

type Ground = Extract<PosyEvent, { kind: "cache-input" }>;

export interface RecordingReporter extends Reporter {
  /** All but what answers rest on. */
  readonly events: Exclude<PosyEvent, Ground>[];
  readonly ground: Ground[];
  warnings(): string[];
}

/** Keeps every event, so that a test can say what a person would have been told. */
export function recordingReporter(): RecordingReporter {
  const events: Exclude<PosyEvent, Ground>[] = [];
  const ground: Ground[] = [];
  return {
    events,
    ground,
    report: (event) => void (event.kind === "cache-input" ? ground.push(event) : events.push(event)),
    warnings: () => events.flatMap((event) => (event.kind === "warning" ? [event.message] : [])),
  };
}
