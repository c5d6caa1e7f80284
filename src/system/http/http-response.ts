import { PosyError } from "../../errors/posy-error.ts";
import { TransportFailure } from "./http-failure.ts";
import { startPace } from "./pace.ts";
import { safeUrl } from "./safe-url.ts";

/** An answer whose body is read at most once, by one of the three ways. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from in the end, without credentials. */
  readonly url: string;
  /** The whole body, at most `limit` bytes of it. */
  bytes(limit: number): Promise<Uint8Array>;
  /** The body as it comes. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Lets go of the body. */
  discard(): Promise<void>;
}

/** Bytes per second below which a body that is kept in memory is given up. */
const slowest = 16_000;
/** For how many windows a body in memory may take longer than that. */
const patience = 10;

/**
 * Calls `heard` on every sign of life, so that a timeout can be put off (by so many milliseconds more). `window` is the
 * time in milliseconds over which a body must keep up a minimal speed. Throws `network` where it is not clear how long
 * the body is: `Content-Length` beside `Transfer-Encoding` (RFC 9112, section 6.3).
 */
export function wrapResponse(
  response: Response,
  url: string,
  window: number,
  heard: (more?: number) => void,
): HttpResponse {
  const { body, headers } = response;
  if (headers.has("content-length") && headers.has("transfer-encoding")) {
    void body?.cancel().catch(() => {});
    throw new PosyError("network", `\`${safeUrl(url)}\` answers with two lengths for one body`, {
      hint: "`Content-Length` and `Transfer-Encoding` exclude each other: tell those who run the server or the proxy",
    });
  }
  // What a coded body unpacks to isn't known beforehand.
  const promised = headers.get("content-encoding")
    ? Number.NaN
    : Number(headers.get("content-length") ?? Number.NaN);
  const pace = startPace(window);

  async function* chunks(): AsyncGenerator<Uint8Array> {
    let count = 0;
    if (body) {
      const reader = body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
      try {
        for (;;) {
          const asked = performance.now();
          const { done, value } = await reader.read().catch(failTransport);
          if (done) break;
          heard();
          pace.add(value.length, performance.now() - asked);
          count += value.length;
          yield value;
        }
      } finally {
        await reader.cancel().catch(() => {});
      }
    }
    if (count < promised)
      throw new TransportFailure(new Error(`it ended after ${count} of ${promised} bytes`));
  }

  return {
    status: response.status,
    headers: response.headers,
    url,
    chunks,
    async bytes(limit) {
      // One call costs half the CPU of a loop over chunks, but is safe only where the size is known.
      if (promised <= Math.min(limit, 1 << 22)) {
        heard((promised / slowest) * 1000);
        const whole = new Uint8Array(await response.arrayBuffer().catch(failTransport));
        if (whole.length >= promised) return whole;
        throw new TransportFailure(new Error(`it ended after ${whole.length} of ${promised} bytes`));
      }
      const parts: Uint8Array[] = [];
      let size = 0;
      for await (const part of chunks()) {
        size += part.length;
        if (size > limit) throw tooLarge(url, limit);
        if (pace.waited > window * patience + (size / slowest) * 1000) throw tooSlow(url, pace.waited);
        parts.push(part);
      }
      return Buffer.concat(parts);
    },
    async discard() {
      if (!response.bodyUsed) await body?.cancel().catch(() => {});
    },
  };
}

function tooLarge(url: string, limit: number): PosyError {
  return new PosyError("network", `\`${safeUrl(url)}\` answers with more than ${limit} bytes`, {
    hint: "this is not what was asked for: check the URL",
  });
}

function tooSlow(url: string, waited: number): PosyError {
  const seconds = Math.round(waited / 1000);
  return new PosyError("network", `\`${safeUrl(url)}\` is still not complete after ${seconds} seconds`, {
    hint: "check the URL; on a slow line set `UV_HTTP_TIMEOUT` to more seconds",
  });
}

function failTransport(cause: unknown): never {
  throw new TransportFailure(cause);
}
