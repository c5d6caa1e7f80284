import type { HttpResponse } from "../../system/http/index.ts";
import { acceptedPages } from "./parse-page.ts";

/** The request for a page as HTTP caching sees it. It is the same for all callers. */
const request = (url: string) => ({ url, method: "GET", headers: { accept: acceptedPages } });

/** The headers of a response that caching depends on. Cookies and personal headers are not stored. */
const cachingHeaders =
  "age cache-control date etag expires last-modified pragma vary content-type content-length".split(" ");

/**
 * `cacheHeuristic: 0` turns off the guess that browsers make (a tenth of a page's age), which would hide new
 * releases for weeks.
 */
const options = { shared: false, cacheHeuristic: 0 };

/**
 * The lifetime, in milliseconds, of a page without a caching header. Ten minutes is what the public index gives its own
 * pages (`max-age=600`). Mirrors drop that header, and servers for files (nginx, `python -m http.server`) never had
 * one. A validator does not make a difference: asking for each page again would take longer than everything else.
 */
const defaultLifetime = 600_000;

export interface Freshness {
  /** False for `no-store`: the page is used once and not cached. */
  readonly storable: boolean;
  /** Now, in milliseconds since 1970. */
  readonly confirmed: number;
  readonly freshUntil: number;
  readonly policy: object;
}

export async function freshnessOf(url: string, response: HttpResponse): Promise<Freshness> {
  const { default: CachePolicy } = await import("http-cache-semantics");
  const headers = headersOf(response);
  return freshnessOfPolicy(
    new CachePolicy(request(url), { status: response.status, headers }, options),
    url,
    headers,
  );
}

/** Returns the headers for a conditional request, which the server may answer with 304. */
export async function revalidationHeaders(url: string, policy: object): Promise<Record<string, string>> {
  const { default: CachePolicy } = await import("http-cache-semantics");
  const headers = CachePolicy.fromObject(policy as never).revalidationHeaders(request(url));
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

/** Returns the new freshness of a cached page after a 304. */
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
  return freshnessOfPolicy(renewed.policy, url, headers);
}

type Policy = import("http-cache-semantics");

function freshnessOfPolicy(policy: Policy, url: string, headers: Record<string, string>): Freshness {
  const hasCachingHeader = ["cache-control", "expires", "pragma"].some((name) => name in headers);
  const fresh = policy.satisfiesWithoutRevalidation(request(url));
  const lifetime = fresh
    ? policy.timeToLive()
    : hasCachingHeader || headers["vary"] === "*"
      ? 0
      : defaultLifetime;
  const confirmed = Date.now();
  return {
    storable: policy.storable(),
    confirmed,
    freshUntil: confirmed + lifetime,
    policy: policy.toObject(),
  };
}

function headersOf(response: HttpResponse): Record<string, string> {
  return Object.fromEntries(
    cachingHeaders.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
