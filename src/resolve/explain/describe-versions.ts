import type { BitSet } from "../../solver/index.ts";
import type { KnownVersions } from "../candidates/known-versions.ts";
import { formatList } from "../../text/index.ts";

/** A set of versions as the subject of a sentence. */
export interface Subject {
  readonly text: string;
  readonly plural: boolean;
  /** Every version that there is. */
  readonly all: boolean;
}

/**
 * A set of versions in words: ``every version of `a` ``, `` `a 2.0` ``, `` `a>=1.0,<=1.9` ``. Versions that can't be
 * had anyway (`idle`) are not counted where others are there, so that ranges are ranges.
 */
export function describeVersions(
  label: string,
  known: KnownVersions,
  versions: BitSet,
  idle: (index: number) => boolean,
): Subject {
  const everything = Array.from({ length: known.length }, (_, index) => index);
  const live = everything.filter((index) => !idle(index));
  const universe = live.some((index) => versions.has(index)) ? live : everything;
  const text = (at: number) => known.at(universe[at] ?? 0).version.text;
  const runs = runsOf(universe.map((index) => versions.has(index)));
  const count = runs.reduce((sum, { newest, oldest }) => sum + oldest - newest + 1, 0);
  const all = count === universe.length;
  const [first] = runs;
  if (first === undefined) return { text: `\`${label}\``, plural: false, all };
  if (count === 1) return { text: `\`${label} ${text(first.newest)}\``, plural: false, all };
  if (all) return { text: `every version of \`${label}\``, plural: false, all };
  if (runs.length > 3) {
    const between = `${text(runs.at(-1)?.oldest ?? 0)} and ${text(first.newest)}`;
    return { text: `${count} versions of \`${label}\` between ${between}`, plural: true, all };
  }
  const ranges = runs.map(({ newest, oldest }) => {
    if (newest === oldest) return `\`${label} ${text(newest)}\``;
    const least = oldest === universe.length - 1 ? [] : [`>=${text(oldest)}`];
    const most = newest === 0 ? [] : [`<=${text(newest)}`];
    return `\`${label}${[...least, ...most].join(",")}\``;
  });
  return { text: formatList(ranges.reverse()), plural: true, all };
}

/** Stretches of members, newest first: positions with `newest` <= `oldest`. */
function runsOf(members: readonly boolean[]): { readonly newest: number; readonly oldest: number }[] {
  const runs: { newest: number; oldest: number }[] = [];
  let open = false;
  for (const [at, member] of members.entries()) {
    const last = runs.at(-1);
    if (member && open && last !== undefined) last.oldest = at;
    else if (member) runs.push({ newest: at, oldest: at });
    open = member;
  }
  return runs;
}
