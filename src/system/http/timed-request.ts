import type { Reporter } from "../../report/reporter.ts";
import { timed, type TimingNotes, type Timings } from "../../report/timings.ts";
import type { HttpResponse } from "./http-response.ts";
import { safeUrl } from "./safe-url.ts";

/**
 * Makes a request with `work`, and measures it if the reporter has timings. `work` passes each response through
 * `observe`, which notes its status and counts its bytes. `queued` is the time (of `performance.now`) since which the
 * request waited for a free connection.
 */
export function timedRequest<T>(
  { timings }: Pick<Reporter, "timings">,
  method: string,
  url: string,
  queued: number,
  work: (observe: (response: HttpResponse) => HttpResponse) => Promise<T>,
): Promise<T> {
  if (timings === undefined) return work((response) => response);
  const waited = performance.now() - queued;
  timings.count("milliseconds waited for a connection", waited);
  return timed({ timings }, "request", subjectOf(method, url), (notes) => {
    notes["milliseconds waited"] = Math.round(waited);
    return work((response) => observed(response, notes, timings));
  });
}

/** Returns the host and the path of a URL, without its query, which may have a token. */
function subjectOf(method: string, url: string): string {
  const shown = safeUrl(url).replace(/^\w+:\/\/|[?#].*$/gs, "");
  return method === "GET" ? shown : `${method} ${shown}`;
}

function observed(response: HttpResponse, notes: TimingNotes, timings: Timings): HttpResponse {
  notes["status"] = response.status;
  const add = (bytes: number) => {
    notes["bytes"] = Number(notes["bytes"] ?? 0) + bytes;
    timings.count("bytes received", bytes);
  };
  return {
    ...response,
    async bytes(limit) {
      const bytes = await response.bytes(limit);
      add(bytes.length);
      return bytes;
    },
    async *chunks() {
      for await (const chunk of response.chunks()) {
        add(chunk.length);
        yield chunk;
      }
    },
  };
}
