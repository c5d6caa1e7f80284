import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether Python can run a path: a folder with a `__main__.py`, or a zip archive (PEP 441), which may begin with a `#!`
 * line.
 */
export function isPythonApp(path: string): boolean {
  if (existsSync(join(path, "__main__.py"))) return true;
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const bytes = Buffer.alloc(512);
    const start = bytes.toString("latin1", 0, readSync(file, bytes));
    return start.replace(/^#![^\n]*\n/, "").startsWith("PK\u0003\u0004");
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
