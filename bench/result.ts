import type { Timing } from "./measure.ts";

/** One line of the table. */
export interface Result {
  readonly what: string;
  readonly timings: Readonly<Partial<Record<Column, Timing>>>;
  /** Posy ÷ uv, of the whole time or of what the note says. */
  readonly ratio: number | undefined;
  readonly note?: string;
  /** What the ratio is to be at most. */
  readonly target?: number;
}

export const columns = ["posy", "uv", "pip", "bare Python"] as const;
export type Column = (typeof columns)[number];
