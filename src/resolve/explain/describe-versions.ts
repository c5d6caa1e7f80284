import type { BitSet } from "../../solver/index.ts";
import type { KnownVersions } from "../candidates/known-versions.ts";
import { formatList } from "../../text/index.ts";

/** A set of versions as the subject of a sentence. */
export interface Subject {
  readonly text: string;
  readonly plural: boolean;
  /** It covers every version that exists. */
  readonly all: boolean;
}

/**
 * Returns a set of versions in words: ``every version of `a` ``, `` `a 2.0` ``, `` `a>=1.0,<=1.9` ``. If the set has
 * other versions, those that can't be used anyway (`isIgnored`) are not counted, so that ranges have no gaps.
 */
export function describeVersions(
  label: string,
  known: KnownVersions,
  versions: BitSet,
  isIgnored: (index: number) => boolean,
): Subject {
  const everything = Array.from({ length: known.length }, (_, index) => index);
  const countedVersions = everything.filter((index) => !isIgnored(index));
  const counted = countedVersions.some((index) => versions.has(index)) ? countedVersions : everything;
  const text = (index: number) => known.at(counted[index] ?? 0).version.text;
  const runs = runsOf(counted.map((index) => versions.has(index)));
  const count = runs.reduce((sum, { newest, oldest }) => sum + oldest - newest + 1, 0);
  const all = count === counted.length;
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
    const least = oldest === counted.length - 1 ? [] : [`>=${text(oldest)}`];
    const most = newest === 0 ? [] : [`<=${text(newest)}`];
    return `\`${label}${[...least, ...most].join(",")}\``;
  });
  return { text: formatList(ranges.reverse()), plural: true, all };
}

/** Returns the runs of consecutive members, newest first, as positions with `newest` <= `oldest`. */
function runsOf(members: readonly boolean[]): { readonly newest: number; readonly oldest: number }[] {
  const runs: { newest: number; oldest: number }[] = [];
  let isOpen = false;
  for (const [index, member] of members.entries()) {
    const last = runs.at(-1);
    if (member && isOpen && last !== undefined) last.oldest = index;
    else if (member) runs.push({ newest: index, oldest: index });
    isOpen = member;
  }
  return runs;
}
