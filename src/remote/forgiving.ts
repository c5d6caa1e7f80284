import { PosyError } from "../errors/posy-error.ts";
import type { Reporter } from "../report/reporter.ts";

/** Runs requests to a remote store so that none of them is a reason to fail. */
export interface Forgiving {
  /** True after the store did not answer, or refused. It is not asked again in this process. */
  readonly isBroken: boolean;
  /**
   * Runs a request. If it fails, there is a warning, and the answer is undefined. After a failure of the connection
   * or a refusal, further requests are not made. `limit` is in milliseconds. Throws if the disk is at fault.
   */
  attempt<T>(request: () => Promise<T>, limit?: number): Promise<T | undefined>;
}

/** Codes of failures that are about one entry of a store. */
const aboutEntry: ReadonlySet<string> = new Set([
  "invalid-manifest",
  "hash-mismatch",
  "size-mismatch",
  "not-found",
  "invalid-wheel",
  "invalid-filename",
  "invalid-metadata",
  "invalid-archive",
]);

/** Whether a failure is about one entry of a store, and the others can be used. */
export function isAboutEntry(error: PosyError): boolean {
  return aboutEntry.has(error.code);
}

const aboutDisk = new Set(["no-space", "permission", "filesystem"]);

/** `location` is the address for messages. */
export function openForgiving(location: string, reporter: Reporter): Forgiving {
  let isBroken = false;
  const warn = (message: string, hint: string | undefined, key: string) =>
    reporter.report({ kind: "warning", message, hint, key });
  return {
    get isBroken() {
      return isBroken;
    },
    async attempt(request, limit) {
      if (isBroken) return undefined;
      try {
        return await (limit === undefined ? request() : within(request(), limit, location));
      } catch (error) {
        // A full disk stops the ordinary way, too.
        if (!(error instanceof PosyError) || aboutDisk.has(error.code)) throw error;
        if (isAboutEntry(error) || error.code === "invalid-index-page") {
          warn(
            `an entry of the remote store is not used: ${error.message}`,
            error.hint,
            `remote:${error.message}`,
          );
          return undefined;
        }
        isBroken = true;
        warn(`the remote store is not used: ${error.message}`, error.hint, `remote:${location}`);
        return undefined;
      }
    },
  };
}

/** A store that sends its answer byte by byte must not take longer than the ordinary way. */
async function within<T>(promise: Promise<T>, limit: number, location: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(
      () =>
        fail(
          new PosyError("network", `\`${location}\` did not answer within ${limit / 1000} seconds`, {
            hint: "check the connection to it",
          }),
        ),
      limit,
    );
  });
  // If both fail, the second failure has no listener.
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Bytes per second below which a download is given up, and the milliseconds after which the speed counts. */
const slowest = 32_000;
const grace = 15_000;

/** Returns a function for the progress of a download, which throws `network` if it is too slow. */
export function minimumSpeed(location: string): (done: number) => void {
  const started = performance.now();
  return (done) => {
    const elapsed = performance.now() - started;
    if (elapsed < grace || done / elapsed > slowest / 1000) return;
    throw new PosyError("network", `\`${location}\` sends less than ${slowest / 1000} kB in a second`, {
      hint: "check the connection to it",
    });
  };
}
