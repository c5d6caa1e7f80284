import type { PackagePin, PinnedArtifact } from "../../blueprint/blueprint.ts";
import type { Hashes } from "../../vocab/hash.ts";
import { parsePackageName } from "../../vocab/name.ts";
import type { TomlTable } from "../../vocab/toml-value.ts";
import type { FilesOfRelease, KnownFile } from "./files-of-release.ts";
import { sourceEntries } from "./format-pylock.ts";
import { isSpecifier, writeFacts } from "./pin-facts.ts";
import { placeOf } from "./place.ts";
import type { LockedFile, LockedPackage, LockedSource } from "./pylock.ts";

/** An entry without what it has to do with others: name, version, source. */
export function entryOfPin(
  { name, version, artifact, metadata }: PackagePin,
  files: FilesOfRelease | undefined,
  folder: string,
): LockedPackage {
  const { requiresPython } = metadata;
  return {
    name: parsePackageName(name),
    // "MUST NOT be included when it cannot be guaranteed to be consistent with the code used".
    ...(artifact.kind === "source" ? {} : { version }),
    ...(requiresPython === undefined || !isSpecifier(requiresPython) ? {} : { requiresPython }),
    dependencies: [],
    source: sourceOfPin(artifact, files, folder),
    attestationIdentities: [],
    tool: {},
  };
}

/** A pin as one table: of what builds a package, which has one file. */
export function tableOfPin(pin: PackagePin, folder: string): TomlTable {
  const { name, version, requiresPython, source } = entryOfPin(pin, undefined, folder);
  const facts = writeFacts(pin, [], requiresPython);
  const build = pin.build && { build: tableOfBuild(pin.build, folder) };
  return withoutMissing({
    name,
    version,
    "requires-python": requiresPython,
    ...facts,
    ...sourceEntries(source),
    ...build,
  });
}

/** How a package is built, with what builds it. */
export function tableOfBuild(build: NonNullable<PackagePin["build"]>, folder: string): TomlTable {
  return withoutMissing({
    unasked: build.unasked,
    isolated: build.isolated,
    settings: build.settings,
    packages: build.packages.map((pin) => tableOfPin(pin, folder)),
  });
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
      return { kind: "vcs", type, ...placeOf(url, folder), ...requested, commitId, ...inside };
    }
    case "directory": {
      const place = placeOf(origin.url, folder);
      const path = "path" in place ? place.path : place.url;
      return { kind: "directory", path, editable: origin.editable, ...inside };
    }
    case "archive":
      return { kind: "archive", ...placeOf(origin.url, folder), ...bytes(origin.hashes), ...inside };
    default:
  }
  if (artifact.direct === true) {
    return { kind: "archive", ...placeOf(artifact.url, folder), ...bytes(artifact.hashes) };
  }
  const { wheels, sdist } =
    files ?? (artifact.kind === "wheel" ? { wheels: [artifact] } : { wheels: [], sdist: artifact });
  // A folder on this disk is no place to look for files that are gone.
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
    ...placeOf(url, folder),
    ...(size === undefined ? {} : { size }),
    ...(uploadTime === undefined ? {} : { uploadTime }),
    hashes: sortedHashes(hashes),
  };
}

function sortedHashes(hashes: Hashes): Hashes {
  return Object.fromEntries(Object.entries(hashes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutMissing(table: Readonly<Record<string, unknown>>): TomlTable {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined));
}
