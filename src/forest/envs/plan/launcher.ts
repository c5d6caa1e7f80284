import type { LauncherTarget } from "../../wheels/index.ts";

/** Linux before 5.1 cuts `#!` lines off after 127 bytes. */
const longestShebang = 127;

/**
 * Returns the first lines of a script that runs with `python`, an absolute path. A `#!` line can't hold a long path or
 * one with spaces (the rest would be an argument). Then sh starts Python: sh reads the second line as a command,
 * Python skips it as a string.
 */
export function scriptHead(python: string): string {
  const direct = `#!${python}\n`;
  if (Buffer.byteLength(direct) <= longestShebang && !/\s/.test(python)) return direct;
  return `#!/bin/sh\n'''exec' '${python.replaceAll("'", "'\\''")}' "$0" "$@"\n' '''\n`;
}

/** Returns the script of an entry point, as pip writes it except for the imports. */
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

/** Adapts a `#!python` script of a wheel to one Env: replaces its first line with its arguments, as pip does. */
export function rewrittenScript(head: string, script: Buffer): Buffer {
  const end = script.indexOf("\n");
  return Buffer.concat([Buffer.from(head), end < 0 ? Buffer.alloc(0) : script.subarray(end + 1)]);
}
