/** What a finding is about, in the order of the report. */
export const areas = [
  "machine",
  "store",
  "disk",
  "Pythons",
  "network",
  "PATH",
  "variables",
  "project",
] as const;
export type Area = (typeof areas)[number];

/** One thing that `doctor` looked at. */
export interface Finding {
  readonly area: Area;
  /** `ok`: as it should be. `note`: unusual, or good to know. `problem`: wrong, now or soon. */
  readonly level: "ok" | "note" | "problem";
  readonly message: string;
  /** How to fix it. */
  readonly hint?: string | undefined;
}

/** Makes the findings of one area. */
export function findingsOf(area: Area): {
  readonly ok: (message: string) => Finding;
  readonly note: (message: string, hint?: string) => Finding;
  readonly problem: (message: string, hint?: string) => Finding;
} {
  return {
    ok: (message) => ({ area, level: "ok", message }),
    note: (message, hint) => ({ area, level: "note", message, ...(hint !== undefined && { hint }) }),
    problem: (message, hint) => ({ area, level: "problem", message, ...(hint !== undefined && { hint }) }),
  };
}
