import { TransportFailure } from "./http-failure.ts";

/** Bytes per second. A modem that shares its line among fifty downloads still gets more through. */
const slowest = 100;

/** Holds a body to a minimal speed: a server that sends drop by drop is never silent, and would hold Posy up for ever. */
export interface Pace {
  /** Milliseconds that were spent waiting for the body so far. */
  readonly waited: number;
  /** Throws `TransportFailure` where less than 100 bytes a second came, over the whole of a window. */
  add(bytes: number, milliseconds: number): void;
}

/** `window` is in milliseconds. Only the time in which the server is waited for counts, not that of the reader. */
export function startPace(window: number): Pace {
  let total = 0;
  let received = 0;
  let since = 0;
  return {
    get waited() {
      return total + since;
    },
    add(bytes, milliseconds) {
      received += bytes;
      since += milliseconds;
      if (since < window) return;
      if (received * 1000 < since * slowest) {
        throw new TransportFailure(new Error(`it sends less than ${slowest} bytes a second`));
      }
      total += since;
      received = 0;
      since = 0;
    },
  };
}
