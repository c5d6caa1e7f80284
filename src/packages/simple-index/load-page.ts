import { cacheInput, type Reporter, uncacheable } from "../../report/reporter.ts";
import { fingerprintOrNone, type Home } from "../../system/fs/index.ts";
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

/** A page larger than this is not an index page: the largest of the public index is below 50 MB. */
const largestPage = 256 << 20;

/**
 * A page by its URL, from the cache where the rules of HTTP allow (any age when offline). Undefined where the index
 * doesn't have it. `refresh` asks the server in any case.
 */
export async function loadPage(
  url: string,
  project: PackageName | undefined,
  refresh: boolean,
  context: PageContext,
): Promise<ListedPage | undefined> {
  const path = bucketPathOfUrl(context.home.http, url, ".page");
  const kept = readPage(path, url);
  if (kept && (context.offline || (!refresh && Date.now() < kept.freshUntil))) {
    reportGround(context, path, kept);
    return kept.found ? kept.page : undefined;
  }
  // Only a page can be unchanged: that nothing was there may have changed though the answer looks the same.
  const conditions = kept?.found ? await revalidationHeaders(url, kept.policy) : {};
  const headers = {
    ...conditions,
    accept: acceptedPages,
    ...(refresh ? { "cache-control": "no-cache" } : {}),
  };
  const answer = await context.http.send({ url, headers }, (response) =>
    readAnswer(response, url, project, kept),
  );
  const isKept = answer.storable && (await keepPage(path, url, answer.page, context));
  reportGround(context, path, isKept ? answer.page : undefined);
  return answer.page.found ? answer.page.page : undefined;
}

/** False where it could not be written, which is told, or where a newer one is there. */
async function keepPage(path: string, url: string, page: KeptPage, context: PageContext): Promise<boolean> {
  try {
    return await writePage(path, url, page);
  } catch (error) {
    const message = `an index page could not be kept: ${(error as Error).message}`;
    context.reporter.report({ kind: "warning", message, key: "page-cache" });
    return false;
  }
}

function reportGround({ reporter, offline }: PageContext, path: string, kept: KeptPage | undefined): void {
  if (kept === undefined) return reporter.report(uncacheable);
  const is = kept.fingerprint ?? fingerprintOrNone(path);
  reporter.report(cacheInput(path, is, offline ? Number.POSITIVE_INFINITY : kept.freshUntil));
}

async function readAnswer(
  response: HttpResponse,
  url: string,
  project: PackageName | undefined,
  kept: KeptPage | undefined,
): Promise<{ readonly page: KeptPage; readonly storable: boolean }> {
  const { status } = response;
  if (status === 304 && kept) {
    await response.discard();
    return answerOf(await renewedFreshness(url, kept.policy, response), kept.found, kept.page);
  }
  if (status === 404 || status === 410) {
    await response.discard();
    const freshness = await freshnessOf(url, response);
    // Unless the server says otherwise an unknown name is asked for anew each time: it may come into being.
    const said = response.headers.has("cache-control") || response.headers.has("expires");
    return answerOf(said ? freshness : { ...freshness, freshUntil: 0 }, false, emptyPage);
  }
  if (status !== 200) {
    await response.discard();
    throw statusError(url, status);
  }
  const bytes = await response.bytes(largestPage);
  const page = await parsePage(bytes, response.headers.get("content-type") ?? "", response.url);
  return answerOf(await freshnessOf(url, response), true, listPage(page, project));
}

function answerOf(freshness: Freshness, found: boolean, page: ListedPage) {
  const { freshUntil, policy, storable } = freshness;
  return { page: { found, freshUntil, policy, page }, storable };
}

const emptyPage = listPage(outlineOf({ files: [], alternateLocations: [], tracks: [] }), undefined);
