/** Returns whether a variable turns something on: any value does, except `0`, `false`, `no`, `off`, `n` and `f`. */
export function parseFlag(value: string): boolean {
  return !["0", "false", "no", "off", "n", "f"].includes(value.toLowerCase());
}
