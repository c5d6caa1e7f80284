import { PosyError } from "../../errors/posy-error.ts";
import { TransportFailure } from "./http-failure.ts";
import { startPace } from "./pace.ts";
import { safeUrl } from "./safe-url.ts";

/** A response whose body is read at most once, in one of three ways. */
export interface HttpResponse {
  readonly status: number;
  /** The reason phrase; "" if there is none (HTTP/2). */
  readonly reason: string;
  readonly headers: Headers;
  /** The URL after redirects, without credentials. */
  readonly url: string;
  /** Returns the whole body. Throws `network` if it has more than `limit` bytes. */
  bytes(limit: number): Promise<Uint8Array>;
  /** Returns the body in the chunks in which it arrives. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Cancels the body. Does nothing if it was read. Never rejects. */
  discard(): Promise<void>;
}

/** The minimum speed, in bytes per second, of a body that is held in memory. */
const slowest = 16_000;
/** The number of windows by which a body in memory may exceed the time at minimum speed. */
const patience = 10;

/**
 * Wraps a response. Calls `heard` when data arrives, so that the caller can postpone a timeout (by `more`
 * additional milliseconds). `window` is the time in milliseconds over which a body must keep a minimum speed.
 * Throws `network` if the length of the body is ambiguous: `Content-Length` together with `Transfer-Encoding`
 * (RFC 9112, section 6.3).
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
      hint: "`Content-Length` and `Transfer-Encoding` exclude each other: report it to the operators of the server or the proxy",
    });
  }
  // The decoded length of a body with a content encoding is unknown.
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
        void reader.cancel().catch(() => {});
      }
    }
    if (count < promised)
      throw new TransportFailure(new Error(`it ended after ${count} of ${promised} bytes`));
  }

  return {
    status: response.status,
    reason: response.statusText,
    headers: response.headers,
    url,
    chunks,
    async bytes(limit) {
      // One call takes half the CPU time of a loop over chunks, but is safe only if the size is known.
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
      await body?.cancel().catch(() => {});
    },
  };
}

function tooLarge(url: string, limit: number): PosyError {
  return new PosyError("network", `\`${safeUrl(url)}\` answers with more than ${limit} bytes`, {
    hint: "this is not the expected file: check the URL",
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
