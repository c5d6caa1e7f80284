import { readFile } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { bucketPathOfUrl } from "../../packages/index.ts";
import { cacheInput, type Reporter } from "../../report/reporter.ts";
import { fingerprintOrNone, type Home, writeAtomic } from "../../system/fs/index.ts";
import { type HttpClient, type HttpResponse, statusError } from "../../system/http/index.ts";

/** How a place is asked, and what of its answers is remembered. */
export interface ListingContext {
  readonly home: Home;
  readonly http: HttpClient;
  readonly reporter: Reporter;
  readonly offline: boolean;
  /** Ask again, whatever is remembered. */
  readonly refresh: boolean;
  /** Milliseconds for a whole answer; a failure is remembered as well. Only for a place that nobody asked for. */
  readonly patience?: number;
}

/** What is to be read of a place. */
export interface ListingRequest {
  readonly url: string;
  /** Milliseconds for which an answer is good. */
  readonly life: number;
  /** What of the text is worth keeping, as lines. None: it is not what was asked for. */
  readonly distil: (text: string) => readonly string[];
}

interface KeptListing {
  readonly listingVersion: 1;
  readonly url: string;
  /** Milliseconds since 1970 at which `lines` were had; 0: never. */
  readonly asked: number;
  /** `null`: there was nothing at this URL. */
  readonly lines: readonly string[] | null;
  /** Milliseconds since 1970 before which it is not worth asking again. */
  readonly pausedUntil?: number;
}

/** 1,500 archives make 250 kB; the index of all versions is 20 MB. */
const largest = 128 * 2 ** 20;
/** What is not there may come to be there. */
const hour = 3_600_000;
/** An error that comes at once costs nothing here; one that a server sent costs the server something. */
const shortestPause = 60_000;
const pauseAfterAnswer = 600_000;
/** A place that is not reached may cost a thousandth of the time at most. */
const pauseRatio = 1000;
const longestPause = 7_200_000;

/**
 * The lines of a listing: as remembered while they are good, of any age when offline, else asked for anew. Undefined where there is
 * nothing at the URL. What was remembered is used, whatever its age, where the place can't be reached. Throws `network`,
 * `http-status`, `offline`, … where nothing is remembered.
 */
export async function readListing(
  request: ListingRequest,
  context: ListingContext,
): Promise<readonly string[] | undefined> {
  const { url, life } = request;
  const path = bucketPathOfUrl(context.home.http, url, ".pythons");
  // Before it is read: what another process writes meanwhile is not what is answered.
  let is = fingerprintOrNone(path);
  let goodUntil = 0;
  const kept = await readKept(path, url);
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
    const had = await context.http.send({ url, headers: { accept: "*/*" } }, (response) =>
      readAnswer(response, request, context.patience),
    );
    const [asked, lines] = [Date.now(), had ?? null];
    await keep({ listingVersion: 1, url, asked, lines }, asked + lifeOf(lines));
    return had;
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
    context.reporter.report(cacheInput(path, is, goodUntil));
  }

  async function keep(listing: KeptListing, until: number): Promise<void> {
    try {
      await writeAtomic(path, JSON.stringify(listing));
      is = fingerprintOrNone(path);
      goodUntil = until;
    } catch (error) {
      const message = `a listing of Pythons could not be kept: ${(error as Error).message}`;
      context.reporter.report({ kind: "warning", message, key: "page-cache" });
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

/** A server that sends drop by drop is given up as well. */
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

/** Undefined where it is missing or damaged: then it is asked for anew. */
async function readKept(path: string, url: string): Promise<KeptListing | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, "utf8")) as Partial<KeptListing>;
    const { listingVersion, asked, lines } = kept;
    if (listingVersion !== 1 || kept.url !== url || typeof asked !== "number") return undefined;
    if (lines !== null && !(Array.isArray(lines) && lines.every((line) => typeof line === "string")))
      return undefined;
    return kept as KeptListing;
  } catch {
    return undefined;
  }
}
