import type { Paint } from "./paint.ts";
import { formatSize } from "../format-size.ts";
import { nameOfFile } from "./name-of-file.ts";
import type { ProgressState } from "./progress-state.ts";

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** The lines of the status block: one for each running stage, and none if nothing runs. */
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
    uploading(state),
    verifying(state),
    otherStages(state),
  ].flatMap((line) => line ?? []);
  const mark = spinner[Math.floor(now / 80) % spinner.length] ?? "";
  return lines.map((line) => `${paint.dim(mark)} ${truncate(line, width - 2)}`);
}

function resolving({ stages, items }: ProgressState): string | undefined {
  if (!stages.has("resolve")) return undefined;
  const latest = [...items.resolve.entries()].at(-1);
  if (latest === undefined) return "resolving";
  const [id, { done }] = latest;
  return `resolving  ${done} ${id} looked at`;
}

function fetching({ items, fetchingSince }: ProgressState, now: number): string | undefined {
  const open = [...items.fetch.entries()].filter(([, item]) => !item.finished);
  const [current] = open;
  if (current === undefined) return undefined;
  const [filename, { done, total }] = current;
  // The sizes are those of one file. A total of all files would grow with every download that starts.
  const size = `${formatSize(done)}${total === undefined ? "" : ` of ${formatSize(total)}`}`;
  const more = open.length > 1 ? `  and ${open.length - 1} more` : "";
  const seconds = (now - (fetchingSince ?? now)) / 1000;
  const received = [...items.fetch.values()].reduce((sum, item) => sum + item.done, 0);
  const speed = seconds > 0.5 ? `  ${formatSize(Math.round(received / seconds))}/s` : "";
  return `fetching   ${nameOfFile(filename)}  ${size}${more}${speed}`;
}

function unpacking({ stages, items }: ProgressState): string | undefined {
  const all = [...items.unpack.entries()];
  if (!stages.has("unpack") && all.every(([, item]) => item.finished)) return undefined;
  const [current] = all.filter(([, item]) => !item.finished);
  const finished = all.filter(([, item]) => item.finished).length;
  const count = Math.max(stages.get("unpack")?.count ?? 0, all.length);
  return `unpacking  ${finished} of ${count}${current ? `  ${nameOfFile(current[0])}` : ""}`;
}

/** Shows the file that is sent, and how many are sent already. */
function uploading({ stages, items }: ProgressState): string | undefined {
  const all = [...items.upload.entries()];
  const current = all.find(([, item]) => !item.finished);
  if (current === undefined) return undefined;
  const [filename, { done, total }] = current;
  const size = `${formatSize(done)}${total === undefined ? "" : ` of ${formatSize(total)}`}`;
  const count = Math.max(stages.get("upload")?.count ?? 0, all.length);
  const place = count > 1 ? `  file ${all.indexOf(current) + 1} of ${count}` : "";
  return `uploading  ${nameOfFile(filename)}  ${size}${place}`;
}

function verifying({ stages, items }: ProgressState): string | undefined {
  if (!stages.has("verify")) return undefined;
  const latest = [...items.verify.entries()].at(-1);
  if (latest === undefined) return "verifying";
  const [id, { done, total }] = latest;
  return `verifying  ${done} of ${total ?? done}  ${id}`;
}

/** Shows the build that has run longest: the others may end soon. */
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

function otherStages({ stages }: ProgressState): string | undefined {
  for (const [stage, word] of [
    ["probe", "probing"],
    ["compose", "creating"],
    // A fetch by git, which reports no sizes.
    ["fetch", "fetching"],
  ] as const) {
    if (stages.has(stage)) return `${word.padEnd(11)}${stages.get(stage)?.detail ?? ""}`.trimEnd();
  }
  return undefined;
}

function truncate(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
