import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PosyError } from "../../errors/posy-error.ts";

/**
 * Returns the local path of a `file:` URL or of a path relative to `cwd`, or undefined for any other URL.
 * Throws `invalid-url`.
 */
export function localPath(location: string, cwd = process.cwd()): string | undefined {
  if (/^file:/i.test(location)) {
    try {
      const url = new URL(location);
      url.hash = "";
      return fileURLToPath(url);
    } catch (cause) {
      throw new PosyError("invalid-url", `\`${location}\` is not a file on this machine`, {
        hint: "write `file:///` and an absolute path",
        cause,
      });
    }
  }
  // A single letter before the colon is a Windows drive.
  return /^[a-z][a-z0-9+.-]+:/i.test(location) ? undefined : resolve(cwd, location);
}
