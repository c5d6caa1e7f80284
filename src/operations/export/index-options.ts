import { relative } from "node:path";
import type { Pylock } from "../../lockfile/index.ts";
import { defaultIndexUrl, type IndexSettings } from "../../packages/index.ts";
import { withoutCredentials } from "../../vocab/urls/index.ts";

export interface IndexOptionsContext {
  /** The settings that the lock was made with, or the present ones. They say which index is the default. */
  readonly index: IndexSettings;
  /** The absolute folder that relative paths start from. */
  readonly folder: string;
  /** Write the default index, too. */
  readonly always: boolean;
}

/**
 * Returns the lines of a requirements file that say where the packages of a lock are: `--index-url`,
 * `--extra-index-url` and `--find-links`. Without `always`, an index that pip asks anyway is left out, and so are
 * indexes that no package comes from, because pip takes a package from any index.
 */
export async function indexOptionLines(
  lock: Pylock,
  { index, folder, always }: IndexOptionsContext,
): Promise<readonly string[]> {
  const publicUrl = await defaultIndexUrl();
  const searched = index.noIndex ? [] : index.indexes.filter(({ explicit }) => !explicit);
  const configured = searched.at(-1)?.url ?? publicUrl;
  const used = new Map<string, string>();
  let hasLinks = false;
  for (const { source } of lock.packages) {
    if (source.kind !== "files") continue;
    if (source.index === undefined) hasLinks = true;
    else used.set(canonical(source.index), withoutCredentials(source.index));
  }
  const defaultUrl = canonical(configured);
  const isReplaced = defaultUrl !== canonical(publicUrl) && used.has(defaultUrl);
  const extra = [...used].filter(([key]) => key !== (isReplaced ? defaultUrl : canonical(publicUrl)));
  const main = isReplaced ? configured : always ? publicUrl : undefined;
  return [
    ...(main === undefined ? [] : [`--index-url ${withoutCredentials(main)}`]),
    ...extra.map(([, url]) => `--extra-index-url ${url}`),
    ...(hasLinks ? index.findLinks.map((location) => `--find-links ${locationText(location, folder)}`) : []),
  ];
}

/** Returns the form of an index URL that is equal for equal indexes. */
function canonical(url: string): string {
  return withoutCredentials(url).replace(/\/+$/, "");
}

function locationText(location: string, folder: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(location)) return withoutCredentials(location);
  const path = relative(folder, location).replaceAll("\\", "/") || ".";
  return /\s/.test(path) ? `"${path}"` : path;
}
