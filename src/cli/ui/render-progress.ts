import type { Paint } from "./paint.ts";
import { formatSize } from "./format-size.ts";
import type { ProgressState } from "./progress-state.ts";

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** The status block: a line for each thing that is going on, none where nothing is. */
export function renderProgress(
  state: ProgressState,
  view: { readonly now: number; readonly width: number; readonly paint: Paint },
): string[] {
  const { now, width, paint } = view;
  const lines = [
    resolving(state),
    fetching(state, now),
    unpacking(state),
    building(state),
    otherwise(state),
  ].flatMap((line) => line ?? []);
  const mark = spinner[Math.floor(now / 80) % spinner.length] ?? "";
  return lines.map((line) => `${paint.dim(mark)} ${fit(line, width - 2)}`);
}

function resolving({ stages, items }: ProgressState): string | undefined {
  if (!stages.has("resolve")) return undefined;
  const looked = [...items.resolve.entries()].at(-1);
  if (looked === undefined) return "resolving";
  const [id, { done }] = looked;
  return `resolving  ${done} ${id} looked at`;
}

function fetching({ items, fetchingSince }: ProgressState, now: number): string | undefined {
  const all = [...items.fetch.values()];
  const [current] = [...items.fetch.entries()].filter(([, item]) => !item.finished);
  if (current === undefined) return undefined;
  const done = all.reduce((sum, item) => sum + item.done, 0);
  const known = all.every((item) => item.total !== undefined);
  const total = known ? ` of ${formatSize(all.reduce((sum, item) => sum + (item.total ?? 0), 0))}` : "";
  const seconds = (now - (fetchingSince ?? now)) / 1000;
  const speed = seconds > 0.5 ? `  ${formatSize(Math.round(done / seconds))}/s` : "";
  const open = all.filter((item) => !item.finished).length;
  const more = open > 1 ? ` and ${open - 1} more` : "";
  return `fetching   ${formatSize(done)}${total}${speed}  ${current[0]}${more}`;
}

function unpacking({ stages, items }: ProgressState): string | undefined {
  const all = [...items.unpack.entries()];
  if (!stages.has("unpack") && all.every(([, item]) => item.finished)) return undefined;
  const [current] = all.filter(([, item]) => !item.finished);
  const finished = all.filter(([, item]) => item.finished).length;
  return `unpacking  ${finished} of ${all.length}${current ? `  ${current[0]}` : ""}`;
}

/** The longest going on of the builds, since the others may be over soon. */
function building({ items }: ProgressState): string | undefined {
  const open = [...items.build.entries()].filter(([, item]) => !item.finished);
  const [first] = open.toSorted(([, a], [, b]) => b.done - a.done);
  if (first === undefined) return undefined;
  const time = first[1].done > 0 ? `  ${formatSeconds(first[1].done)}` : "";
  return `building   ${first[0]}${time}${open.length > 1 ? `  and ${open.length - 1} more` : ""}`;
}

function formatSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function otherwise({ stages }: ProgressState): string | undefined {
  for (const [stage, word] of [
    ["probe", "asking"],
    ["compose", "composing"],
    // Of git, which says nothing of how much there is.
    ["fetch", "fetching"],
  ] as const) {
    if (stages.has(stage)) return `${word.padEnd(11)}${stages.get(stage) ?? ""}`.trimEnd();
  }
  return undefined;
}

function fit(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
