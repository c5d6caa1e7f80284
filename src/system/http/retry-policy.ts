/** Statuses that another try may cure (RFC 9110; 52x are what content networks say of their origin). */
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
 * Milliseconds to wait before try number `attempt + 1`: doubling from a fifth of a second, between half and the
 * whole of it by chance, so that many clients don't come back together. `Retry-After` (RFC 9110, section 10.2.3; seconds or a
 * date) is obeyed up to half a minute.
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
