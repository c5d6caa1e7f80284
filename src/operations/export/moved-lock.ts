import { resolve } from "node:path";
import {
  type LockedFile,
  type LockedPackage,
  type LockedSource,
  pathFrom,
  type Pylock,
  systemPath,
} from "../../lockfile/index.ts";

/** A lock as it is to be written in another folder: its relative paths are told from there. Both are absolute. */
export function movedLock(lock: Pylock, from: string, to: string): Pylock {
  if (from === to) return lock;
  const moved = (path: string) => pathFrom(to, resolve(from, systemPath(path)));
  const place = <Place extends { readonly path?: string }>(each: Place): Place =>
    each.path === undefined ? each : { ...each, path: moved(each.path) };
  const sourceOf = (source: LockedSource): LockedSource => {
    if (source.kind !== "files") return place(source);
    const { sdist, wheels } = source;
    return {
      ...source,
      wheels: wheels.map((file) => place<LockedFile>(file)),
      ...(sdist && { sdist: place(sdist) }),
    };
  };
  return {
    ...lock,
    packages: lock.packages.map((entry): LockedPackage => ({ ...entry, source: sourceOf(entry.source) })),
  };
}
