import { readFile } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { bucketPathOfUrl } from "../../packages/index.ts";
import { cacheInput, type Reporter } from "../../report/reporter.ts";
import { fingerprintOrNone, type Home, writeAtomic } from "../../system/fs/index.ts";
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
   * Milliseconds that a whole response may take. Failures are then cached, too. Only set for the publisher, which is
   * used although the user named no mirror.
   */
  readonly patience?: number;
}

/** A listing to read. */
export interface ListingRequest {
  readonly url: string;
  /** Milliseconds for which a cached listing is fresh. */
  readonly life: number;
  /** Returns the lines of the text to keep. No lines mean that the response is not a listing. */
  readonly distil: (text: string) => readonly string[];
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
/** Milliseconds. A missing listing is looked for again after an hour. */
const hour = 3_600_000;
/** Milliseconds. A connection error costs little, so its pause is short; a response costs the server something. */
const shortestPause = 60_000;
const pauseAfterAnswer = 600_000;
/** The pause after a failed request is a thousand times its duration: failures cost a thousandth of the time. */
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
  const { url, life } = request;
  const path = bucketPathOfUrl(context.home.http, url, ".pythons");
  // Taken before the file is read: if another process writes it meanwhile, the cached answer must count as outdated.
  let fingerprint = fingerprintOrNone(path);
  let goodUntil = 0;
  const kept = await readCachedListing(path, url);
  const now = Date.now();
  const age = kept === undefined ? Number.POSITIVE_INFINITY : now - kept.asked;
  const lifeOf = (lines: readonly string[] | null) => (lines === null ? Math.min(life, hour) : life);
  const keptLife = lifeOf(kept?.lines ?? null);
  // A clock that was put back must not make a listing good for years.
  const isGood = age >= 0 && age < keptLife;
  const pausedUntil = kept?.pausedUntil ?? 0;
  const isPaused = !context.refresh && now < pausedUntil && context.patience !== undefined;
  try {
    if (kept !== undefined && kept.asked > 0 && (context.offline || (isGood && !context.refresh))) {
      goodUntil = context.offline ? Number.POSITIVE_INFINITY : kept.asked + keptLife;
      return kept.lines ?? undefined;
    }
    if (isPaused) {
      goodUntil = pausedUntil;
      throw new PosyError("network", `\`${url}\` could not be reached a short while ago`);
    }
    const received = await context.http.send({ url, headers: { accept: "*/*" } }, (response) =>
      readAnswer(response, request, context.patience),
    );
    const [asked, lines] = [Date.now(), received ?? null];
    await keep({ listingVersion: 1, url, asked, lines }, asked + lifeOf(lines));
    return received;
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    const { asked = 0, lines = null } = kept ?? {};
    if (!isPaused && context.patience !== undefined && error.code !== "offline") {
      const until = Date.now() + pauseAfter(error, Date.now() - now);
      await keep({ listingVersion: 1, url, asked, lines, pausedUntil: until }, until);
    }
    if (asked === 0) throw error;
    context.reporter.report(
      context.patience === undefined
        ? { kind: "warning", key: url, message: `${error.message}; what it said before is used` }
        : { kind: "debug", message: `${error.message}; what it said before is used` },
    );
    return lines ?? undefined;
  } finally {
    context.reporter.report(cacheInput(path, fingerprint, goodUntil));
  }

  async function keep(listing: CachedListing, until: number): Promise<void> {
    try {
      await writeAtomic(path, JSON.stringify(listing));
      fingerprint = fingerprintOrNone(path);
      goodUntil = until;
    } catch (error) {
      const message = `a listing of Pythons could not be kept: ${(error as Error).message}`;
      context.reporter.report({ kind: "warning", message, key: "listing-cache" });
    }
  }
}

function pauseAfter({ code }: PosyError, took: number): number {
  const least = code === "network" ? shortestPause : pauseAfterAnswer;
  return Math.min(Math.max(took * pauseRatio, least), longestPause);
}

async function readAnswer(
  response: HttpResponse,
  { url, distil }: ListingRequest,
  patience: number | undefined,
): Promise<readonly string[] | undefined> {
  if (response.status === 404 || response.status === 410) {
    await response.discard();
    return undefined;
  }
  if (response.status !== 200) {
    await response.discard();
    throw statusError(url, response.status);
  }
  const lines = distil(Buffer.from(await bytesOf(response, url, patience)).toString("utf8"));
  if (lines.length > 0) return lines;
  throw new PosyError("http-status", `\`${url}\` answers with something that is no list of Pythons`, {
    hint: "open it in a browser: you may have to log in, or a proxy stands in the way",
  });
}

/** Reads a whole response. Throws `network` if it takes longer than `patience`, even while bytes still arrive. */
async function bytesOf(
  response: HttpResponse,
  url: string,
  patience: number | undefined,
): Promise<Uint8Array> {
  if (patience === undefined) return response.bytes(largest);
  const end = Date.now() + patience;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.chunks()) {
    size += part.length;
    if (size > largest || Date.now() > end) {
      throw new PosyError("network", `\`${url}\` could not be read: it takes too long`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Reads a cached listing; returns undefined if it is missing or damaged. */
async function readCachedListing(path: string, url: string): Promise<CachedListing | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, "utf8")) as Partial<CachedListing>;
    const { listingVersion, asked, lines } = kept;
    if (listingVersion !== 1 || kept.url !== url || typeof asked !== "number") return undefined;
    if (lines !== null && !(Array.isArray(lines) && lines.every((line) => typeof line === "string")))
      return undefined;
    return kept as CachedListing;
  } catch {
    return undefined;
  }
}
