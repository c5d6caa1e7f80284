import { readFile } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { bucketPathOfUrl } from "../../packages/index.ts";
import { cacheInput, type Reporter } from "../../report/reporter.ts";
import { asPosyError, fingerprintOrNone, type Home, writeAtomic } from "../../system/fs/index.ts";
import { type HttpClient, type HttpResponse, statusError } from "../../system/http/index.ts";

/** How listings are requested and cached. */
export interface ListingContext {
  readonly home: Home;
  readonly http: HttpClient;
  readonly reporter: Reporter;
  readonly offline: boolean;
  /** Request listings again even if the cached ones are fresh. */
  readonly refresh: boolean;
  /**
   * Milliseconds that a whole response may take. Failures are then cached, too. Set only for the publisher, which is
   * asked although the user named no mirror.
   */
  readonly timeout?: number;
}

/** A listing to read. */
export interface ListingRequest {
  readonly url: string;
  /** Milliseconds for which a cached listing is fresh. */
  readonly lifetime: number;
  /** Returns the lines of the text to keep. No lines mean that the response is not a listing. */
  readonly parse: (text: string) => readonly string[];
}

interface CachedListing {
  readonly listingVersion: 1;
  readonly url: string;
  /** When `lines` were received, in milliseconds since 1970; 0 if never. */
  readonly asked: number;
  /** `null` if there was nothing at this URL. */
  readonly lines: readonly string[] | null;
  /** No request is made before this time, in milliseconds since 1970, because the last one failed. */
  readonly pausedUntil?: number;
}

/** Bytes. 1,500 archives make 250 kB; the index of all versions is 20 MB. */
const largest = 128 * 2 ** 20;
/** Milliseconds. A missing listing is requested again after an hour. */
const hour = 3_600_000;
/** Milliseconds. A connection error costs nobody much, so its pause is short. A response costs the server something. */
const shortestPause = 60_000;
const pauseAfterResponse = 600_000;
/**
 * The pause after a failed request is a thousand times its duration, so that failures cost a thousandth of the time.
 */
const pauseRatio = 1000;
const longestPause = 7_200_000;

/**
 * Returns the lines of a listing; undefined if there is nothing at the URL. Cached lines are used while they are fresh;
 * offline, or if the request fails, they are used at any age. Throws `network`, `http-status`, `offline`, … if the
 * request fails and nothing is cached.
 */
export async function readListing(
  request: ListingRequest,
  context: ListingContext,
): Promise<readonly string[] | undefined> {
  const { url, lifetime } = request;
  const path = bucketPathOfUrl(context.home.http, url, ".pythons");
  // The fingerprint is taken before the file is read. If another process writes the file in between, an answer that
  // rests on the old content then counts as outdated.
  let fingerprint = fingerprintOrNone(path);
  let goodUntil = 0;
  const cached = await readCachedListing(path, url);
  const now = Date.now();
  const age = cached === undefined ? Number.POSITIVE_INFINITY : now - cached.asked;
  const lifetimeOf = (lines: readonly string[] | null) =>
    lines === null ? Math.min(lifetime, hour) : lifetime;
  const cachedLifetime = lifetimeOf(cached?.lines ?? null);
  // A listing with a date in the future is not fresh: a clock that was set back would keep it for years.
  const isFresh = age >= 0 && age < cachedLifetime;
  const pausedUntil = cached?.pausedUntil ?? 0;
  const isPaused = !context.refresh && now < pausedUntil && context.timeout !== undefined;
  try {
    if (cached !== undefined && cached.asked > 0 && (context.offline || (isFresh && !context.refresh))) {
      goodUntil = context.offline ? Number.POSITIVE_INFINITY : cached.asked + cachedLifetime;
      return cached.lines ?? undefined;
    }
    if (isPaused) {
      goodUntil = pausedUntil;
      throw new PosyError("network", `\`${url}\` could not be reached a short while ago`);
    }
    const received = await context.http.send({ url, headers: { accept: "*/*" } }, (response) =>
      parseResponse(response, request, context.timeout),
    );
    const [asked, lines] = [Date.now(), received ?? null];
    await write({ listingVersion: 1, url, asked, lines }, asked + lifetimeOf(lines));
    return received;
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    const { asked = 0, lines = null } = cached ?? {};
    if (!isPaused && context.timeout !== undefined && error.code !== "offline") {
      const until = Date.now() + pauseAfter(error, Date.now() - now);
      await write({ listingVersion: 1, url, asked, lines, pausedUntil: until }, until);
    }
    if (asked === 0) throw error;
    context.reporter.report(
      context.timeout === undefined
        ? { kind: "warning", key: url, message: `${error.message}; the cached listing is used` }
        : { kind: "debug", message: `${error.message}; the cached listing is used` },
    );
    return lines ?? undefined;
  } finally {
    context.reporter.report(cacheInput(path, fingerprint, goodUntil));
  }

  async function write(listing: CachedListing, until: number): Promise<void> {
    try {
      await writeAtomic(path, JSON.stringify(listing));
      fingerprint = fingerprintOrNone(path);
      goodUntil = until;
    } catch (error) {
      const message = `a listing of Pythons could not be cached: ${asPosyError(error, "writing it").message}`;
      context.reporter.report({ kind: "warning", message, key: "listing-cache" });
    }
  }
}

function pauseAfter({ code }: PosyError, took: number): number {
  const least = code === "network" ? shortestPause : pauseAfterResponse;
  return Math.min(Math.max(took * pauseRatio, least), longestPause);
}

async function parseResponse(
  response: HttpResponse,
  { url, parse }: ListingRequest,
  timeout: number | undefined,
): Promise<readonly string[] | undefined> {
  if (response.status === 404 || response.status === 410) {
    void response.discard();
    return undefined;
  }
  if (response.status !== 200) {
    void response.discard();
    throw statusError(url, response.status);
  }
  const lines = parse(Buffer.from(await bytesOf(response, url, timeout)).toString("utf8"));
  if (lines.length > 0) return lines;
  throw new PosyError("http-status", `the response of \`${url}\` is not a list of Pythons`, {
    hint: "open it in a browser: you may have to log in, or a proxy may have answered",
  });
}

/**
 * Reads a whole response. Throws `network` if it is too large, or takes longer than `timeout`, even while bytes still
 * arrive.
 */
async function bytesOf(
  response: HttpResponse,
  url: string,
  timeout: number | undefined,
): Promise<Uint8Array> {
  if (timeout === undefined) return response.bytes(largest);
  const end = Date.now() + timeout;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.chunks()) {
    size += part.length;
    if (size > largest) {
      throw new PosyError("network", `\`${url}\` answers with more than ${largest} bytes`);
    }
    if (Date.now() > end) {
      throw new PosyError("network", `\`${url}\` could not be read: it takes too long`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Reads a cached listing; returns undefined if it is missing or damaged. */
async function readCachedListing(path: string, url: string): Promise<CachedListing | undefined> {
  try {
    const cached = JSON.parse(await readFile(path, "utf8")) as Partial<CachedListing>;
    const { listingVersion, asked, lines } = cached;
    if (listingVersion !== 1 || cached.url !== url || typeof asked !== "number") return undefined;
    if (lines !== null && !(Array.isArray(lines) && lines.every((line) => typeof line === "string")))
      return undefined;
    return cached as CachedListing;
  } catch {
    return undefined;
  }
}
