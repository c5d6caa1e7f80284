/**
 * Returns the CPU time of this process in milliseconds. Tests that limit the time of a computation use it, because the
 * clock also counts the time of other processes on a busy machine.
 */
export function computingTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
