import { TransportFailure } from "./http-failure.ts";

/**
 * The minimum speed in bytes per second. A modem that shares its line among fifty downloads is still faster.
 */
const slowest = 100;

/**
 * Enforces a minimum speed of a body. A server that sends byte by byte is never silent, and would block Posy
 * for ever.
 */
export interface Pace {
  /** The milliseconds spent waiting for the body so far. */
  readonly waited: number;
  /** Throws `TransportFailure` if less than 100 bytes per second arrived over a whole window. */
  add(bytes: number, milliseconds: number): void;
}

/**
 * Starts measuring. `window` is in milliseconds. Only the time waiting for the server counts, not that of the
 * reader.
 */
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
