import { cacheInput, type Reporter, uncacheable } from "../../report/reporter.ts";
import { asPosyError, fingerprintOrNone, type Home } from "../../system/fs/index.ts";
import { type HttpClient, type HttpResponse, statusError } from "../../system/http/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import { bucketPathOfUrl } from "../bucket-path.ts";
import { type ListedPage, listPage } from "./listed-page.ts";
import { type KeptPage, readPage, writePage } from "./page-cache.ts";
import { type Freshness, freshnessOf, renewedFreshness, revalidationHeaders } from "./page-freshness.ts";
import { outlineOf } from "./outline.ts";
import { acceptedPages, parsePage } from "./parse-page.ts";

export interface PageContext {
  readonly home: Home;
  readonly http: HttpClient;
  readonly reporter: Reporter;
  readonly offline: boolean;
}

/** The maximum size of an index page. The largest page of the public index has less than 50 MB. */
const largestPage = 256 << 20;

/**
 * Returns a page by its URL, from the cache if the rules of HTTP allow that (offline: at any age). Returns
 * undefined if the index does not have it. `refresh` asks the server in any case. Throws `http-status`,
 * `network`, `invalid-index-page`, …
 */
export async function loadPage(
  url: string,
  project: PackageName | undefined,
  refresh: boolean,
  context: PageContext,
): Promise<ListedPage | undefined> {
  const path = bucketPathOfUrl(context.home.http, url, ".page");
  const kept = readPage(path, url);
  if (kept && (context.offline || (!refresh && isFresh(kept)))) {
    reportCacheInput(context, path, kept);
    context.reporter.timings?.count("index pages from the cache");
    return kept.found ? kept.page : undefined;
  }
  // Ask conditionally only if there is a cached page. After a cached 404 the server might answer 304 although
  // the page now exists.
  const conditions = kept?.found ? await revalidationHeaders(url, kept.policy) : {};
  const headers = {
    ...conditions,
    accept: acceptedPages,
    ...(refresh ? { "cache-control": "no-cache" } : {}),
  };
  const loaded = await context.http.send({ url, headers }, (response) =>
    readResponse(response, url, project, kept),
  );
  const isKept = loaded.storable && (await keepPage(path, url, loaded.page, context));
  reportCacheInput(context, path, isKept ? loaded.page : undefined);
  return loaded.page.found ? loaded.page.page : undefined;
}

/** A page with a date in the future is not fresh: a clock that was set back would keep it for years. */
function isFresh({ confirmed, freshUntil }: KeptPage): boolean {
  const now = Date.now();
  return confirmed <= now && now < freshUntil;
}

/**
 * Writes a page to the cache. Returns false after a warning if that failed, and false if a newer page is
 * there.
 */
async function keepPage(path: string, url: string, page: KeptPage, context: PageContext): Promise<boolean> {
  try {
    return await writePage(path, url, page);
  } catch (error) {
    const message = `an index page could not be kept: ${asPosyError(error, "writing it").message}`;
    context.reporter.report({ kind: "warning", message, key: "page-cache" });
    return false;
  }
}

function reportCacheInput(
  { reporter, offline }: PageContext,
  path: string,
  kept: KeptPage | undefined,
): void {
  if (kept === undefined) return reporter.report(uncacheable);
  const fingerprint = kept.fingerprint ?? fingerprintOrNone(path);
  reporter.report(cacheInput(path, fingerprint, offline ? Number.POSITIVE_INFINITY : kept.freshUntil));
}

async function readResponse(
  response: HttpResponse,
  url: string,
  project: PackageName | undefined,
  kept: KeptPage | undefined,
): Promise<{ readonly page: KeptPage; readonly storable: boolean }> {
  const { status } = response;
  if (status === 304 && kept?.found) {
    await response.discard();
    return pageAnswer(await renewedFreshness(url, kept.policy, response), true, kept.page);
  }
  if (status === 404 || status === 410) {
    await response.discard();
    const freshness = await freshnessOf(url, response);
    // Unless the server says how long, a 404 is not cached: the project may be published at any moment.
    const hasLifetime = response.headers.has("cache-control") || response.headers.has("expires");
    return pageAnswer(hasLifetime ? freshness : { ...freshness, freshUntil: 0 }, false, emptyPage);
  }
  if (status !== 200) {
    await response.discard();
    throw statusError(url, status);
  }
  const bytes = await response.bytes(largestPage);
  const page = await parsePage(bytes, response.headers.get("content-type") ?? "", response.url);
  return pageAnswer(await freshnessOf(url, response), true, listPage(page, project));
}

function pageAnswer(freshness: Freshness, found: boolean, page: ListedPage) {
  const { storable, ...times } = freshness;
  return { page: { found, ...times, page }, storable };
}

const emptyPage = listPage(outlineOf({ files: [], alternateLocations: [], tracks: [] }), undefined);
