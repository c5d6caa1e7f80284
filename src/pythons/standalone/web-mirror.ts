import { type ListingContext, readListing } from "./cached-listing.ts";
import { chooseBuilds } from "./choose-builds.ts";
import { formatSum, parseSums, parseVersions, type StandaloneBuild } from "./standalone-build.ts";
import type { StandaloneMirror } from "./standalone-mirror.ts";

const day = 24 * 3600_000;
/** Milliseconds. Releases with a date do not change, so their listings are good forever. */
const forever = 3650 * day;
/** If a mirror has no index of all versions, at most this many releases are read one by one: two or three years. */
const mostDates = 60;

const sums = (text: string) => chooseBuilds(parseSums(text)).map(formatSum);
const versions = (text: string) => chooseBuilds(parseVersions(text)).map(formatSum);

/** Returns the dates in a folder's page, newest first. Only names of subfolders are read, so any format works. */
const dates = (text: string) =>
  [...new Set([...text.matchAll(/(?<![\d.])20\d{6}(?=\/)/g)].map(([date]) => date))].sort().reverse();

/**
 * Opens the publisher's downloads, or a copy of them behind a URL. Three layouts are supported: the publisher's
 * (`…/python-build-standalone/releases/download`), one folder with archives and their `SHA256SUMS`, and one folder per
 * date with a `SHA256SUMS` in each, where the page of the parent folder lists the dates.
 */
export function openWebMirror(url: string, context: ListingContext): StandaloneMirror {
  const base = url.replace(/\/+$/, "");
  const [, repository] = /^(.*\/python-build-standalone)\/releases\/download$/.exec(base) ?? [];
  const reading = new Map<string, ReturnType<typeof readListing>>();
  const read = (listingUrl: string, parse: (text: string) => readonly string[], lifetime: number) => {
    const lines = reading.get(listingUrl) ?? readListing({ url: listingUrl, parse, lifetime }, context);
    reading.set(listingUrl, lines);
    return lines;
  };
  const builds = async (listingUrl: string, parse = sums, lifetime = day) => {
    const lines = await read(listingUrl, parse, lifetime);
    return lines === undefined ? undefined : parseSums(lines.join("\n"));
  };

  async function* published(root: string): AsyncGenerator<readonly StandaloneBuild[]> {
    const latest = await builds(`${root}/releases/latest/download/SHA256SUMS`);
    if (latest) yield latest;
    const all = await builds(versionsUrl(root), versions, 7 * day);
    if (all) yield all;
  }

  async function* dated(): AsyncGenerator<readonly StandaloneBuild[]> {
    const listed = await read(`${base}/`, dates, day);
    for (const date of listed?.slice(0, mostDates) ?? []) {
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

/** Returns the URL of the publisher's index of all versions: a file in a sibling repository, on its main branch. */
function versionsUrl(repository: string): string {
  const owner = repository.slice(0, repository.lastIndexOf("/"));
  // GitHub has `raw/` in the path of files; copies leave it out.
  const branch = owner.endsWith("/astral-sh") ? "raw/main" : "main";
  return `${owner}/versions/${branch}/v1/python-build-standalone.ndjson`;
}
