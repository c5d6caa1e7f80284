import type { Counted } from "../../report/timings.ts";
import { formatSize } from "../ui/format-size.ts";
import type { Recording, Span } from "./record-timings.ts";
import { type PhaseSummary, summarizeTimings, timeOf } from "./summarize-timings.ts";

/** What is known about the process when it ends. */
export interface ProcessFacts {
  /** The command without its arguments, which may contain names that a person keeps to themselves: `posy lock`. */
  readonly command: string;
  readonly version: string;
  readonly platform: string;
  /** Milliseconds since the process started. */
  readonly end: number;
  /** Milliseconds of processor time. */
  readonly user: number;
  readonly system: number;
  /** The peak of the memory, in bytes. */
  readonly memory: number;
}

/** How many of the slowest requests and of the slowest other work are listed. */
const shown = 5;

/** Returns the text that `--timings` prints. */
export function renderTimings({ spans, counts }: Recording, facts: ProcessFacts): string {
  const { end } = facts;
  const top = spans.filter(({ parent }) => parent === undefined);
  const rows = [
    ["phase", "time", "share", "count"],
    ...summarizeTimings(spans, end).flatMap((summary) => rowsOf(summary, end, 0)),
    ["other", formatTime(end - timeOf(top, end)), share(end - timeOf(top, end), end), ""],
    ["total", formatTime(end), share(end, end), ""],
  ];
  const requests = spans.filter(({ phase }) => phase === "request");
  const count = (what: Counted) => counts.get(what) ?? 0;
  const facetLines = [
    `processor: ${formatTime(facts.user)} in Posy, ${formatTime(facts.system)} in the system`,
    `memory: ${formatSize(facts.memory)} at most`,
    `network: ${requests.length} requests, ${formatSize(count("bytes received"))} received, ${formatTime(count("milliseconds waited for a connection"))} waited for a connection`,
    `cache: ${count("index pages from the cache")} index pages, ${count("metadata from the cache")} metadata, ${count("files from the cache")} files`,
    `solver: ${count("versions tried")} versions tried, ${count("conflicts")} conflicts`,
  ];
  return [
    `timings of \`${facts.command}\` (posy ${facts.version}, ${facts.platform})`,
    "",
    ...table(rows),
    "",
    ...facetLines,
    ...slowest("slowest requests", requests, end),
    ...slowest("slowest other work", leavesOf(spans), end),
    "",
  ].join("\n");
}

function rowsOf({ phase, time, count, parts }: PhaseSummary, total: number, depth: number): string[][] {
  return [
    ["  ".repeat(depth) + phase, formatTime(time), share(time, total), String(count)],
    ...parts.flatMap((part) => rowsOf(part, total, depth + 1)),
  ];
}

/** Returns the work with a subject that has no parts other than requests. */
function leavesOf(spans: readonly Span[]): readonly Span[] {
  const divided = new Set(spans.flatMap(({ phase, parent }) => (phase === "request" ? [] : (parent ?? []))));
  return spans.filter((span) => span.phase !== "request" && span.subject !== undefined && !divided.has(span));
}

function slowest(title: string, spans: readonly Span[], end: number): readonly string[] {
  const time = (span: Span) => (span.end ?? end) - span.start;
  const rows = [...spans]
    .sort((one, other) => time(other) - time(one))
    .slice(0, shown)
    .map((span) => [
      formatTime(time(span)).padStart(9),
      span.phase === "request" ? "" : span.phase,
      shorten(span.subject ?? ""),
      describeNotes(span),
    ]);
  if (rows.length === 0) return [];
  return ["", `${title}:`, ...rows.map((row) => row.filter((cell) => cell !== "").join("  "))];
}

/** Leaves out the middle of a long path: `example.org/…/six-1.17.0-py2.py3-none-any.whl`. */
function shorten(subject: string): string {
  return subject.length > 70 ? subject.replace(/^([^/]+\/).*(?=\/[^/]+\/?$)/s, "$1…") : subject;
}

function describeNotes({ notes, end }: Span): string {
  const told = Object.entries(notes).flatMap(([name, value]) => {
    if (name === "bytes") return [formatSize(Number(value))];
    // It did not run meanwhile, so this time is not a part of its own.
    if (name === "milliseconds waited")
      return value === 0 ? [] : [`waited ${formatTime(Number(value))} before`];
    return [`${name} ${value}`];
  });
  return [...told, ...(end === undefined ? ["not finished"] : [])].join(", ");
}

/** Aligns the first column to the left and the others to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

function share(time: number, total: number): string {
  return `${Math.round((100 * Math.max(0, time)) / total)} %`;
}

/** Formats milliseconds: `0.4 ms`, `23 ms`, `1.52 s`. */
export function formatTime(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  if (time >= 999.5) return `${(time / 1000).toFixed(2)} s`;
  return `${time < 9.95 ? time.toFixed(1) : time.toFixed(0)} ms`;
}
