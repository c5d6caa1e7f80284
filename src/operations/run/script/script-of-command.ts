import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { findScriptBlock } from "../../../project/script/script-block.ts";
import type { ScriptText } from "../../../settings/index.ts";

/** The size in bytes from which a file is not read to look for a block. */
const largestScript = 16 * 2 ** 20;

/** Whether a word of the command line is the address of a script. */
export function isUrl(word = ""): boolean {
  return /^https?:\/\//i.test(word);
}

/**
 * Reads the file of a script that a command starts: its name ends with `.py`, or it is a path, or `isScript`
 * (`--script`) says so. Undefined for other commands and for a file that cannot be read: starting it reports that.
 */
export function scriptOfCommand(
  [name = ""]: readonly string[],
  { cwd, isScript = false }: { readonly cwd: string; readonly isScript?: boolean },
): ScriptText | undefined {
  if (!isScript && !/\.pyw?$/i.test(name) && !/[\\/]/.test(name)) return undefined;
  const path = resolve(cwd, name);
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > largestScript) return undefined;
    return { path, text: readFileSync(file, "utf8") };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The script that the warm start has read, for `takeScript`. */
let kept: ScriptText | undefined;

/** Keeps a script that was read, so that a start that is not warm reads the file once. */
export function keepScript(script: ScriptText | undefined): void {
  kept = script;
}

/** Returns the kept script if it has this absolute path, and forgets it. */
export function takeScript(path: string): ScriptText | undefined {
  const script = kept?.path === path ? kept : undefined;
  kept = undefined;
  return script;
}

/**
 * Returns options that stand for the block of a script in the key of a cache entry; undefined if there is no block.
 * They contain the block, so that a change of the rest of the script does not make the entry invalid. Throws
 * `ScriptBlockError` for a block that is not valid.
 */
export function blockKey({ path, text }: ScriptText): readonly string[] | undefined {
  const block = findScriptBlock(text);
  return block && ["--script", path, `--script-block=${block.toml}`];
}
