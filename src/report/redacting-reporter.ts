import { redact } from "../errors/redact.ts";
import type { PosyEvent, Reporter } from "./reporter.ts";

/** Returns a reporter that removes logins and tokens from the texts of events before it passes them on. */
export function redactingReporter(reporter: Reporter): Reporter {
  return { report: (event) => reporter.report(redacted(event)), timings: reporter.timings };
}

function redacted(event: PosyEvent): PosyEvent {
  switch (event.kind) {
    case "warning":
      return {
        ...event,
        message: redact(event.message),
        ...(event.hint === undefined ? {} : { hint: redact(event.hint) }),
      };
    case "debug":
      return { ...event, message: redact(event.message) };
    case "output":
      return { ...event, text: redact(event.text) };
    case "stage":
      return event.detail === undefined ? event : { ...event, detail: redact(event.detail) };
    default:
      return event;
  }
}
