import type { HttpResponse } from "../../system/http/index.ts";
import { acceptedPages } from "./parse-page.ts";

/** The request for a page, as the rules of HTTP caching see it: always the same, whoever asks. */
const request = (url: string) => ({ url, method: "GET", headers: { accept: acceptedPages } });

/** Of an answer only what caching goes by: no cookies, nothing personal. */
const cachingHeaders =
  "age cache-control date etag expires last-modified pragma vary content-type content-length".split(" ");

/** `cacheHeuristic: 0`: a tenth of a page's age, as browsers do, would hide new releases for weeks. */
const options = { shared: false, cacheHeuristic: 0 };

/**
 * Without any caching header and without a validator, asking again means the whole page again: such a page is kept for
 * ten minutes, which is what the public index says of its own pages (`max-age=600`) and what mirrors of it lose. Where there is
 * a validator asking is cheap, so it is done.
 */
const unsaid = 600_000;

export interface Freshness {
  /** False for `no-store`: used for this answer and forgotten (pitfall 17). */
  readonly storable: boolean;
  readonly freshUntil: number;
  readonly policy: object;
}

export async function freshnessOf(url: string, response: HttpResponse): Promise<Freshness> {
  const { default: CachePolicy } = await import("http-cache-semantics");
  const headers = headersOf(response);
  return judged(new CachePolicy(request(url), { status: response.status, headers }, options), url, headers);
}

/** What to send so that the server may answer 304. */
export async function revalidationHeaders(url: string, policy: object): Promise<Record<string, string>> {
  const { default: CachePolicy } = await import("http-cache-semantics");
  const headers = CachePolicy.fromObject(policy as never).revalidationHeaders(request(url));
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

/** After a 304: how long the page that we have is good for now. */
export async function renewedFreshness(
  url: string,
  policy: object,
  response: HttpResponse,
): Promise<Freshness> {
  const { default: CachePolicy } = await import("http-cache-semantics");
  const headers = headersOf(response);
  const renewed = CachePolicy.fromObject(policy as never).revalidatedPolicy(request(url), {
    status: 304,
    headers,
  });
  return judged(renewed.policy, url, headers);
}

type Policy = import("http-cache-semantics");

function judged(policy: Policy, url: string, headers: Record<string, string>): Freshness {
  const said = ["cache-control", "expires", "pragma", "etag", "last-modified"].some(
    (name) => name in headers,
  );
  const fresh = policy.satisfiesWithoutRevalidation(request(url));
  const life = fresh ? policy.timeToLive() : said || headers["vary"] === "*" ? 0 : unsaid;
  return { storable: policy.storable(), freshUntil: Date.now() + life, policy: policy.toObject() };
}

function headersOf(response: HttpResponse): Record<string, string> {
  return Object.fromEntries(
    cachingHeaders.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
