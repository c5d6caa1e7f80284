import type { IndexedArtifact } from "../../model/index.ts";
import { makeArtifact, type PackageDB } from "../../packages/index.ts";
import { parseVersion, type Version } from "../../vocab/version/index.ts";
import { type Pylock, urlOf } from "../../lockfile/index.ts";

/**
 * Presents the files of a lock in `folder` as an index, so that a part of the lock can be written without asking an
 * index.
 */
export function indexOfLock(lock: Pylock, folder: string): Pick<PackageDB, "project"> {
  return {
    project: (name) => {
      const releases = new Map<
        string,
        { readonly version: Version; readonly artifacts: IndexedArtifact[] }
      >();
      for (const { name: lockedName, version, source } of lock.packages) {
        if (lockedName !== name || version === undefined || source.kind !== "files") continue;
        const parsed = parseVersion(version);
        const release = releases.get(parsed.key) ?? { version: parsed, artifacts: [] };
        releases.set(parsed.key, release);
        for (const file of [...source.wheels, ...(source.sdist ? [source.sdist] : [])]) {
          const { hashes, size, uploadTime } = file;
          const link = {
            filename: file.name,
            url: urlOf(file, folder),
            hashes,
            yanked: false,
            ...(size === undefined ? {} : { size }),
            ...(uploadTime === undefined ? {} : { uploadTime }),
          } as const;
          release.artifacts.push(makeArtifact(link, name, source.index));
        }
      }
      const found = releases.size > 0;
      return Promise.resolve({ name, found, releases: [...releases.values()], lookedIn: [], setAside: [] });
    },
  };
}
