import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The program that this process runs. */
export interface OwnProgram {
  /** The absolute path of the single file, without links; or the folder of the clone whose sources run. */
  readonly path: string;
  /** Whether it is a single file. */
  readonly isCompiled: boolean;
}

/** Returns the program that this process runs. In a single file, Bun gives the modules paths in a folder of its own. */
export function ownProgram(): OwnProgram {
  // `file:///$bunfs/root/…`, on Windows `file:///B:/%7EBUN/root/…`.
  const isCompiled = /\/(\$bunfs|~BUN)\//i.test(decodeURIComponent(import.meta.url));
  if (isCompiled) return { path: realpathSync(process.execPath), isCompiled };
  return { path: resolve(dirname(fileURLToPath(import.meta.url)), "..", "..", ".."), isCompiled };
}
