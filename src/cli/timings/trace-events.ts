import { redact } from "../../errors/redact.ts";
import type { Recording, Span } from "./record-timings.ts";
import type { ProcessFacts } from "./render-timings.ts";

/** A complete event (`X`) or the name of a thread (`M`) in the Trace Event Format. Times are microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: "X" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Returns the recording in the Trace Event Format of Chrome, which `chrome://tracing` and Perfetto open. Work that runs
 * at the same time is shown in several lanes ("threads"), because the events of one lane must not overlap unless one
 * contains the other.
 */
export function formatTrace({ spans, counts }: Recording, facts: ProcessFacts, pid = process.pid): string {
  const lanes = lanesOf(spans, facts.end);
  const names = Array.from({ length: Math.max(1, ...lanes.values()) }, (_, index): TraceEvent => {
    return { name: "thread_name", ph: "M", pid, tid: index + 1, args: { name: `lane ${index + 1}` } };
  });
  const { command, version, platform, end, user, system, memory } = facts;
  const events = spans.map((span): TraceEvent => {
    const { phase, subject, start, notes } = span;
    return {
      name: redact(subject === undefined ? phase : `${phase}: ${subject}`),
      cat: phase,
      ph: "X",
      ts: microseconds(start),
      dur: microseconds((span.end ?? end) - start),
      pid,
      tid: lanes.get(span) ?? 1,
      args: { ...notes, ...(span.end === undefined && { unfinished: true }) },
    };
  });
  const otherData = { command, version, platform, user, system, memory, counts: Object.fromEntries(counts) };
  return `${JSON.stringify({ traceEvents: [...names, ...events], displayTimeUnit: "ms", otherData })}\n`;
}

/** Returns the number of the lane of each span, from 1 on: that of the work it is a part of, if it is free. */
function lanesOf(spans: readonly Span[], end: number): ReadonlyMap<Span, number> {
  const lanes = new Map<Span, number>();
  /** For each lane, the work that has not ended at the start of the present span. The innermost is the last. */
  const running: Span[][] = [];
  const endOf = (span: Span) => span.end ?? end;
  for (const span of [...spans].sort((one, other) => one.start - other.start)) {
    for (const lane of running) {
      while (lane.length > 0 && endOf(lane.at(-1) as Span) <= span.start) lane.pop();
    }
    const isParent = (lane: readonly Span[]) => {
      const inner = lane.at(-1);
      return inner !== undefined && inner === span.parent && endOf(inner) >= endOf(span);
    };
    let found = running.findIndex(isParent);
    if (found < 0) found = running.findIndex((lane) => lane.length === 0);
    if (found < 0) found = running.push([]) - 1;
    running[found]?.push(span);
    lanes.set(span, found + 1);
  }
  return lanes;
}

/** With three decimals, which is what the clock can tell. */
function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000 * 1000) / 1000;
}
