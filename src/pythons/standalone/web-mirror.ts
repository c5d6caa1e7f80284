import { type ListingContext, readListing } from "./cached-listing.ts";
import { chooseBuilds } from "./choose-builds.ts";
import { formatSum, parseSums, parseVersions, type StandaloneBuild } from "./standalone-build.ts";
import type { StandalonePlace } from "./standalone-mirror.ts";

const day = 24 * 3600_000;
/** What was published under a date does not change. */
const forever = 3650 * day;
/** Releases that are asked for one by one where a mirror has no list of all: two or three years of them. */
const mostDates = 60;

const sums = (text: string) => chooseBuilds(parseSums(text)).map(formatSum);
const versions = (text: string) => chooseBuilds(parseVersions(text)).map(formatSum);

/** Newest first: whatever the page of a folder looks like, its folders are named in it. */
const dates = (text: string) =>
  [...new Set([...text.matchAll(/(?<![\d.])20\d{6}(?=\/)/g)].map(([found]) => found))].sort().reverse();

/**
 * The publisher's downloads or a copy of them behind a URL, in the layouts that there are: as the publisher has it
 * (`…/python-build-standalone/releases/download`), `SHA256SUMS` beside the archives, or a folder per date with `SHA256SUMS` in each, which
 * the page of the folder above names.
 */
export function webPlace(url: string, context: ListingContext): StandalonePlace {
  const base = url.replace(/\/+$/, "");
  const [, repository] = /^(.*\/python-build-standalone)\/releases\/download$/.exec(base) ?? [];
  const reading = new Map<string, ReturnType<typeof readListing>>();
  const read = (place: string, distil: (text: string) => readonly string[], life: number) => {
    const asked = reading.get(place) ?? readListing({ url: place, distil, life }, context);
    reading.set(place, asked);
    return asked;
  };
  const builds = async (place: string, distil = sums, life = day) => {
    const lines = await read(place, distil, life);
    return lines === undefined ? undefined : parseSums(lines.join("\n"));
  };

  async function* published(root: string): AsyncGenerator<readonly StandaloneBuild[]> {
    const latest = await builds(`${root}/releases/latest/download/SHA256SUMS`);
    if (latest) yield latest;
    const all = await builds(versionsUrl(root), versions, 7 * day);
    if (all) yield all;
  }

  async function* dated(): AsyncGenerator<readonly StandaloneBuild[]> {
    const known = await read(`${base}/`, dates, day);
    for (const date of known?.slice(0, mostDates) ?? []) {
      const release = await builds(`${base}/${date}/SHA256SUMS`, sums, forever);
      if (release) yield release;
    }
  }

  const flat = () => builds(`${base}/SHA256SUMS`);
  return {
    label: base,
    async *listings() {
      if (repository !== undefined) {
        yield* published(repository);
        return;
      }
      const all = await flat();
      if (all) yield all;
      else yield* dated();
    },
    async urlOf({ filename, name }) {
      const file = encodeURIComponent(filename);
      const isFlat = repository === undefined && (await flat()) !== undefined;
      return isFlat ? `${base}/${file}` : `${base}/${name.date}/${file}`;
    },
  };
}

/** The publisher's index of all versions lies in a repository beside, as a file of its main branch. */
function versionsUrl(repository: string): string {
  const owner = repository.slice(0, repository.lastIndexOf("/"));
  // Copies leave out what is in the path for GitHub's web pages only.
  const branch = owner.endsWith("/astral-sh") ? "raw/main" : "main";
  return `${owner}/versions/${branch}/v1/python-build-standalone.ndjson`;
}
