/** Returns the minor version of a Python as a text: `3.12` for `3.12.4`. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
