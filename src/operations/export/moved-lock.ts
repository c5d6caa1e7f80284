import { resolve } from "node:path";
import {
  type LockedFile,
  type LockedPackage,
  type LockedSource,
  pathFrom,
  type Pylock,
  systemPath,
} from "../../lockfile/index.ts";

/** Returns a lock for another folder: its relative paths start there. `from` and `to` are absolute. */
export function movedLock(lock: Pylock, from: string, to: string): Pylock {
  if (from === to) return lock;
  const moved = (path: string) => pathFrom(to, resolve(from, systemPath(path)));
  const withMovedPath = <Entry extends { readonly path?: string }>(entry: Entry): Entry =>
    entry.path === undefined ? entry : { ...entry, path: moved(entry.path) };
  const sourceOf = (source: LockedSource): LockedSource => {
    if (source.kind !== "files") return withMovedPath(source);
    const { sdist, wheels } = source;
    return {
      ...source,
      wheels: wheels.map((file) => withMovedPath<LockedFile>(file)),
      ...(sdist && { sdist: withMovedPath(sdist) }),
    };
  };
  return {
    ...lock,
    packages: lock.packages.map((entry): LockedPackage => ({ ...entry, source: sourceOf(entry.source) })),
  };
}
