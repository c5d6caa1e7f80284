import type { BitSet } from "../../solver/bit-set.ts";
import type { KnownVersions } from "../known-versions.ts";
import { joined } from "./joined.ts";

/** A set of versions as the subject of a sentence. */
export interface Subject {
  readonly text: string;
  readonly plural: boolean;
  /** Every version that there is. */
  readonly all: boolean;
}

/**
 * A set of versions in words that follow a package's name in a requirement: ``every version of `a` ``, `` `a 2.0` ``,
 * `` `a>=1.0,<2.0` ``. Versions that can't be had anyway (`idle`) close gaps, so that ranges stay ranges.
 */
export function describeVersions(
  label: string,
  known: KnownVersions,
  versions: BitSet,
  idle: (index: number) => boolean,
): Subject {
  if (known.length === 0) return { text: `\`${label}\``, plural: false, all: true };
  const members = [...versions.members()];
  const [only] = members;
  if (members.length === 1 && only !== undefined) {
    const text = `\`${label} ${known.at(only).version.text}\``;
    return { text, plural: false, all: known.length === 1 };
  }
  const runs = runsOf(known, versions, idle);
  if (runs.length === 1 && runs[0]?.newest === 0 && runs[0].oldest === known.length - 1) {
    return { text: `every version of \`${label}\``, plural: false, all: true };
  }
  if (runs.length > 3) {
    const [newest = 0, oldest = 0] = [members[0], members.at(-1)];
    const between = `${known.at(oldest).version.text} and ${known.at(newest).version.text}`;
    return {
      text: `${members.length} versions of \`${label}\` between ${between}`,
      plural: true,
      all: false,
    };
  }
  const ranges = runs.reverse().map((run) => `\`${label}${rangeText(known, run)}\``);
  return { text: joined(ranges), plural: true, all: false };
}

/** Indexes, newest first: `newest` <= `oldest`. */
interface Run {
  readonly newest: number;
  readonly oldest: number;
}

function runsOf(known: KnownVersions, versions: BitSet, idle: (index: number) => boolean): Run[] {
  const runs: Run[] = [];
  let start: number | undefined;
  let end = 0;
  for (let index = 0; index < known.length; index++) {
    if (versions.has(index)) {
      start ??= index;
      end = index;
    } else if (start !== undefined && !idle(index)) {
      runs.push({ newest: start, oldest: end });
      start = undefined;
    }
  }
  if (start !== undefined) runs.push({ newest: start, oldest: end });
  return runs.map((run) => widened(run, known.length, idle));
}

/** Idle versions at the very ends belong to the run: `>=2.0` reads better than `>=2.0,<=2.4`. */
function widened({ newest, oldest }: Run, length: number, idle: (index: number) => boolean): Run {
  const reaches = (from: number, to: number) => {
    for (let index = from; index < to; index++) if (!idle(index)) return false;
    return true;
  };
  return {
    newest: reaches(0, newest) ? 0 : newest,
    oldest: reaches(oldest + 1, length) ? length - 1 : oldest,
  };
}

function rangeText(known: KnownVersions, { newest, oldest }: Run): string {
  const text = (index: number) => known.at(index).version.text;
  if (newest === oldest) return `==${text(newest)}`;
  const least = oldest === known.length - 1 ? [] : [`>=${text(oldest)}`];
  const most = newest === 0 ? [] : [`<=${text(newest)}`];
  return [...least, ...most].join(",");
}
