import { existsSync, readFileSync } from "node:fs";
import type { Fault } from "./faults.ts";

/** A fault that changes nothing that anybody could observe, so that no test can notice it. */
export interface Accepted {
  readonly file: string;
  /** The text of the line with the fault, without the space around it: line numbers change too often. */
  readonly line: string;
  /** The fault in the words of the report. */
  readonly fault: string;
  readonly reason: string;
}

/** Reads the list of accepted faults; none if there is no such file. Throws if an entry has no reason. */
export function readAccepted(path: string): readonly Accepted[] {
  if (!existsSync(path)) return [];
  const entries = JSON.parse(readFileSync(path, "utf8")) as readonly Accepted[];
  for (const { file, line, fault, reason } of entries) {
    if (![file, line, fault, reason].every((text) => typeof text === "string" && text !== "")) {
      throw new Error(
        `an entry of ${path} lacks its file, line, fault or reason: ${JSON.stringify({ file, line, fault })}`,
      );
    }
  }
  return entries;
}

/** Returns whether an entry is about this fault. */
export function isAbout(entry: Accepted, { file, lineText, what }: Fault): boolean {
  return entry.file === file && entry.line === lineText && entry.fault === what;
}

/** Returns the entries about files of the list that fit no fault: the code has changed, so they must be removed. */
export function staleEntries(
  entries: readonly Accepted[],
  files: readonly string[],
  faults: readonly Fault[],
): readonly Accepted[] {
  const seen = new Set(files);
  return entries.filter((entry) => seen.has(entry.file) && !faults.some((fault) => isAbout(entry, fault)));
}
