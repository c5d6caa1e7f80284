import type { LauncherTarget } from "../wheels/index.ts";

/** Linux cuts `#!` lines off at 127 bytes before 5.1, and takes what follows a space for an argument. */
const longestShebang = 127;

/**
 * The first lines of a script that is to run in `python` (an absolute path). A path that a `#!` line can't hold goes
 * through sh: what sh reads as a command is a string that Python skips.
 */
export function scriptHead(python: string): string {
  const direct = `#!${python}\n`;
  if (Buffer.byteLength(direct) <= longestShebang && !/\s/.test(python)) return direct;
  return `#!/bin/sh\n'''exec' '${python.replaceAll("'", "'\\''")}' "$0" "$@"\n' '''\n`;
}

/** The program of an entry point: what pip writes, but for the import, which is not executed text of a wheel. */
export function launcherText(head: string, { module, attribute }: LauncherTarget): string {
  const first = attribute.split(".", 1)[0] ?? attribute;
  return `${head}# -*- coding: utf-8 -*-
import sys
from ${module} import ${first}
if __name__ == "__main__":
    if sys.argv[0].endswith("-script.pyw"):
        sys.argv[0] = sys.argv[0][:-11]
    elif sys.argv[0].endswith(".exe"):
        sys.argv[0] = sys.argv[0][:-4]
    sys.exit(${attribute}())
`;
}

/** A `#!python` script of a wheel for one Env: its first line is replaced, arguments and all, as pip does. */
export function rewrittenScript(head: string, script: Buffer): Buffer {
  const end = script.indexOf("\n");
  return Buffer.concat([Buffer.from(head), end < 0 ? Buffer.alloc(0) : script.subarray(end + 1)]);
}

/**
 * What stands for a launcher on Windows, where a script can't be started by itself: `NAME.cmd` beside
 * `NAME-script.py`. (pip brings `.exe` launchers; a `.cmd` asks "terminate batch job?" on Ctrl-C.)
 */
export function windowsLauncher(scriptName: string, gui: boolean): string {
  return `@"%~dp0${gui ? "pythonw.exe" : "python.exe"}" "%~dp0${scriptName}" %*\r\n`;
}
