/**
 * Returns whether another attempt may succeed after a status (RFC 9110; content networks send 52x for
 * failures of their origin).
 */
export function isTransientStatus(status: number): boolean {
  return (
    status === 408 ||
    status === 425 ||
    status === 429 ||
    (status >= 500 && status !== 501 && status !== 505 && status !== 511)
  );
}

const longestWait = 30_000;

/**
 * Returns the milliseconds to wait before attempt number `attempt + 1`. The delay begins at a fifth of a
 * second and doubles; a random half of it is taken off, so that many clients do not return at once.
 * `Retry-After` (RFC 9110, section 10.2.3; seconds or a date) is obeyed up to half a minute.
 */
export function retryDelay(attempt: number, retryAfter: string | null, random = Math.random): number {
  const asked = retryAfter === null ? Number.NaN : askedDelay(retryAfter);
  if (Number.isFinite(asked)) return Math.min(Math.max(asked, 0), longestWait);
  return Math.min(200 * 2 ** attempt, longestWait) * (0.5 + random() / 2);
}

function askedDelay(retryAfter: string): number {
  const text = retryAfter.trim();
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
}
