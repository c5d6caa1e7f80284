import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Returns the path of the lock of a script: `pylock.plot-py.toml` for `plot.py`. PEP 751 allows one name between
 * `pylock.` and `.toml`, without dots. The ending of the script is part of the name, so that the lock is not that of an
 * environment `plot` of a project in the same folder.
 */
export function scriptLockPath(path: string): string {
  return join(dirname(path), `pylock.${basename(path).replaceAll(".", "-")}.toml`);
}

/** Returns the script of a lock; undefined if it is the lock of a project. */
export function scriptOfLock(path: string): string | undefined {
  const [, name, ending] = /^pylock\.(.+)-(pyw?)\.toml$/.exec(basename(path)) ?? [];
  const script = join(dirname(path), `${name}.${ending}`);
  return name !== undefined && existsSync(script) ? script : undefined;
}
