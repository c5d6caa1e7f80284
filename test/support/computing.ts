/**
 * Milliseconds that this process has computed for. For tests that something does not take time beyond measure: a busy machine makes
 * the clock run on, but not this.
 */
export function computingTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
