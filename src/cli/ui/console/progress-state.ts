import type { PosyEvent, Stage } from "../../../report/reporter.ts";

interface Item {
  readonly done: number;
  readonly total: number | undefined;
  readonly finished: boolean;
}

interface StageState {
  readonly detail: string | undefined;
  /** The number of items that the stage announced. */
  readonly count: number | undefined;
}

/** The running stages and their items, collected from events. The status block shows it. */
export interface ProgressState {
  /** Stages that have begun and not ended, in the order in which they began. */
  readonly stages: ReadonlyMap<Stage, StageState>;
  readonly items: Readonly<Record<Stage, ReadonlyMap<string, Item>>>;
  /** When the first byte of the current downloads arrived, in milliseconds. */
  readonly fetchingSince: number | undefined;
}

const none: ReadonlyMap<string, Item> = new Map();

export const nothingYet: ProgressState = {
  stages: new Map(),
  items: {
    resolve: none,
    fetch: none,
    unpack: none,
    compose: none,
    probe: none,
    build: none,
    upload: none,
    verify: none,
  },
  fetchingSince: undefined,
};

/** The state after an event at `now` (milliseconds). */
export function advance(state: ProgressState, event: PosyEvent, now: number): ProgressState {
  if (event.kind === "stage") {
    const stages = new Map(state.stages);
    if (event.state === "start") stages.set(event.stage, { detail: event.detail, count: event.count });
    else stages.delete(event.stage);
    const remaining = event.state === "end" ? { ...state.items, [event.stage]: none } : state.items;
    return { ...state, stages, items: remaining };
  }
  if (event.kind !== "progress") return state;
  const { stage, id, done, total, finished = false } = event;
  const items = new Map(state.items[stage]).set(id, { done, total, finished });
  const fetching = stage === "fetch" && [...items.values()].some((item) => !item.finished);
  // When all downloads are complete, counting starts again.
  const kept = stage === "fetch" && !fetching ? none : items;
  return {
    ...state,
    items: { ...state.items, [stage]: kept },
    fetchingSince:
      stage !== "fetch" ? state.fetchingSince : fetching ? (state.fetchingSince ?? now) : undefined,
  };
}
