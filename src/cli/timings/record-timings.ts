import { AsyncLocalStorage } from "node:async_hooks";
import type { Counted, Phase, TimingNotes, Timings } from "../../report/timings.ts";

/** One piece of work that was measured. Times are milliseconds since the process started. */
export interface Span {
  readonly phase: Phase;
  readonly subject: string | undefined;
  /** The work that this is a part of. */
  readonly parent: Span | undefined;
  readonly start: number;
  /** Undefined if the work had not ended when the process did. */
  end?: number;
  readonly notes: TimingNotes;
}

/** Everything that was measured in one process. */
export interface Recording {
  /** In the order in which they began. */
  readonly spans: readonly Span[];
  readonly counts: ReadonlyMap<Counted, number>;
}

/**
 * Returns timings that record each piece of work with the work that it is a part of, also if several run at the same
 * time. The first piece is the start of the process until now. Work that several callers wait for is a part of what the
 * first caller does.
 */
export function recordTimings(now = () => performance.now()): Timings & Recording {
  const start: Span = {
    phase: "start",
    subject: undefined,
    parent: undefined,
    start: 0,
    end: now(),
    notes: {},
  };
  const spans: Span[] = [start];
  const counts = new Map<Counted, number>();
  const current = new AsyncLocalStorage<Span>();
  return {
    spans,
    counts,
    async measure(phase, subject, work) {
      const span: Span = { phase, subject, parent: current.getStore(), start: now(), notes: {} };
      spans.push(span);
      try {
        return await current.run(span, () => work(span.notes));
      } finally {
        span.end = now();
      }
    },
    count(what, number = 1) {
      counts.set(what, (counts.get(what) ?? 0) + number);
    },
  };
}
