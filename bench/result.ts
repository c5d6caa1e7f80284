import type { Timing } from "./measure.ts";

/** One line of the table. */
export interface Result {
  readonly what: string;
  readonly timings: Readonly<Partial<Record<Column, Timing>>>;
  /** Posy ÷ uv, of the total time or of what the note names. */
  readonly ratio: number | undefined;
  readonly note?: string;
  /** The highest ratio that meets the target. */
  readonly target?: number;
}

export const columns = ["posy", "uv", "pip", "bare Python"] as const;
export type Column = (typeof columns)[number];
