import type { PackagePin, PinnedArtifact } from "../../model/index.ts";
import type { Hashes } from "../../vocab/hash.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import type { FilesOfRelease, KnownFile } from "../files-of-release.ts";
import { isSpecifier } from "../pin-metadata-table.ts";
import { relativeLocation } from "../relative-location.ts";
import type { LockedFile, LockedPackage, LockedSource } from "../pylock.ts";

/** Returns the entry of a pin without the fields that depend on other pins (marker, dependencies, tool). */
export function entryOfPin(
  { name, version, artifact, metadata }: PackagePin,
  files: FilesOfRelease | undefined,
  folder: string,
): LockedPackage {
  const { requiresPython } = metadata;
  return {
    name: parsePackageName(name),
    // `version`: "MUST NOT be included when it cannot be guaranteed to be consistent with the code used".
    ...(artifact.kind === "source" ? {} : { version }),
    ...(requiresPython === undefined || !isSpecifier(requiresPython) ? {} : { requiresPython }),
    dependencies: [],
    source: sourceOfPin(artifact, files, folder),
    attestationIdentities: [],
    tool: {},
  };
}

function sourceOfPin(
  artifact: PinnedArtifact,
  files: FilesOfRelease | undefined,
  folder: string,
): LockedSource {
  const { origin, size, uploadTime } = artifact;
  const bytes = (hashes: Hashes) => ({
    ...(size === undefined ? {} : { size }),
    ...(uploadTime === undefined ? {} : { uploadTime }),
    hashes: sortedHashes(hashes),
  });
  const inside = origin?.subdirectory === undefined ? {} : { subdirectory: origin.subdirectory };
  switch (origin?.kind) {
    case "vcs": {
      const { vcs: type, url, requestedRevision, commitId } = origin;
      const requested = requestedRevision === undefined ? {} : { requestedRevision };
      return { kind: "vcs", type, ...relativeLocation(url, folder), ...requested, commitId, ...inside };
    }
    case "directory": {
      const location = relativeLocation(origin.url, folder);
      const path = "path" in location ? location.path : location.url;
      return { kind: "directory", path, editable: origin.editable, ...inside };
    }
    case "archive":
      return { kind: "archive", ...relativeLocation(origin.url, folder), ...bytes(origin.hashes), ...inside };
    default:
  }
  if (artifact.direct === true) {
    return { kind: "archive", ...relativeLocation(artifact.url, folder), ...bytes(artifact.hashes) };
  }
  const { wheels, sdist } =
    files ?? (artifact.kind === "wheel" ? { wheels: [artifact] } : { wheels: [], sdist: artifact });
  // A local folder is not written as the index: other machines do not have it.
  const index = artifact.index !== undefined && /^https?:/.test(artifact.index) ? artifact.index : undefined;
  return {
    kind: "files",
    ...(index === undefined ? {} : { index }),
    ...(sdist && { sdist: lockedFile(sdist, folder) }),
    wheels: wheels.map((file) => lockedFile(file, folder)),
  };
}

function lockedFile({ filename, url, hashes, size, uploadTime }: KnownFile, folder: string): LockedFile {
  return {
    name: filename,
    ...relativeLocation(url, folder),
    ...(size === undefined ? {} : { size }),
    ...(uploadTime === undefined ? {} : { uploadTime }),
    hashes: sortedHashes(hashes),
  };
}

function sortedHashes(hashes: Hashes): Hashes {
  return Object.fromEntries(Object.entries(hashes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
