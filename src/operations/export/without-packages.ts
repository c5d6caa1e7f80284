import { resolve } from "node:path";
import { type LockedPackage, type Pylock, systemPath } from "../../lockfile/index.ts";

/** Returns a lock without some packages. They are also removed from the dependencies of the others. */
export function withoutPackages(lock: Pylock, leftOut: (entry: LockedPackage) => boolean): Pylock {
  const packages = lock.packages.filter((entry) => !leftOut(entry));
  const there = new Set<string>(packages.map(({ name }) => name));
  return {
    ...lock,
    packages: packages.map((entry) => ({
      ...entry,
      dependencies: entry.dependencies.filter(({ name }) => there.has(String(name))),
    })),
  };
}

/** Whether an entry of a lock in `folder` is the project in the folder `path`. */
export function isFolder({ source }: LockedPackage, path: string, folder: string): boolean {
  return (
    source.kind === "directory" &&
    source.subdirectory === undefined &&
    resolve(folder, systemPath(source.path)) === path
  );
}

/** Returns a lock whose folders are built and installed, not used in their folder as editable. */
export function withoutEditables(lock: Pylock): Pylock {
  return {
    ...lock,
    packages: lock.packages.map((entry) =>
      entry.source.kind === "directory" ? { ...entry, source: { ...entry.source, editable: false } } : entry,
    ),
  };
}
