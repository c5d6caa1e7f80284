import type { PosyEvent, Reporter } from "../../src/report/reporter.ts";

export interface RecordingReporter extends Reporter {
  readonly events: PosyEvent[];
  warnings(): string[];
}

/** Keeps every event, so that a test can say what a person would have been told. */
export function recordingReporter(): RecordingReporter {
  const events: PosyEvent[] = [];
  return {
    events,
    report: (event) => void events.push(event),
    warnings: () => events.flatMap((event) => (event.kind === "warning" ? [event.message] : [])),
  };
}
