import type { Timing } from "./measure.ts";

/** One line of the table. The first timing is Posy's. */
export interface Result {
  readonly what: string;
  /** By column: `posy`, `uv`, `pip`, `bare Python`. */
  readonly timings: Readonly<Partial<Record<Column, Timing>>>;
  /** What Posy's time is held against, and the ratio's meaning in words where it isn't Posy ÷ uv. */
  readonly ratio: number | undefined;
  readonly note?: string;
  /** What issue and plan want of the ratio, at most. */
  readonly target?: number;
}

export const columns = ["posy", "uv", "pip", "bare Python"] as const;
export type Column = (typeof columns)[number];
