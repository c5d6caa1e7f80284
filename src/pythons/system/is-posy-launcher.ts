import { readFileSync, statSync } from "node:fs";

/** The second line of the scripts that `posy python install --bin` and `--default` write. */
export const launcherMark = "# Python launcher of Posy";

/** In bytes. The launchers for Windows have about 20,000. */
const largestLauncher = 65_536;

/**
 * Whether a file is a program that starts a Python of Posy's store: a script, or on Windows a launcher whose last line
 * names the program (`src/forest/launchers`), which is a Python in the store or the link to it. It loads nothing else,
 * since each start of such a launcher needs it.
 */
export function isPosyLauncher(path: string): boolean {
  try {
    const info = statSync(path);
    if (!info.isFile() || info.size > largestLauncher) return false;
    const text = readFileSync(path, "latin1");
    if (text.startsWith(`#!/bin/sh\n${launcherMark}`)) return true;
    const [, program = "", rest = ""] = /#!"([^"\r\n]+)"([^\r\n]*)\r\n$/.exec(text.slice(-8192)) ?? [];
    return rest.startsWith(" __python ") || /[\\/](launchers|pythons)-v\d+[\\/]/.test(program);
  } catch {
    return false;
  }
}
