import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PackagePin, PinnedArtifact } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import {
  type DirectUrl,
  formatSourceReference,
  parseSourceReference,
  withoutCredentials,
} from "../../vocab/urls/index.ts";
import { sha256Of } from "../../system/fs/index.ts";
import { optionalAt, textAt, textsAt, type TomlTable } from "../../toml/index.ts";
import { filenameOf } from "./parse-source.ts";
import { absoluteRequirement, urlOf } from "../relative-location.ts";
import type { LockedArchive, LockedFile, LockedPackage, LockedVcs } from "../pylock.ts";
import { declaredVersion } from "./declared-version.ts";

/**
 * Returns the pin of an entry in a lock of Posy. `file` is the chosen file, and `pinMetadata` the fields that
 * `writePinMetadata` wrote. The caller adds `requiredBy`, and validates the pin (`parsePin`).
 */
export async function pinOfEntry(
  entry: LockedPackage,
  file: LockedFile | undefined,
  pinMetadata: TomlTable,
  folder: string,
): Promise<Omit<PackagePin, "requiredBy">> {
  const artifact = await artifactOf(entry, file, pinMetadata, folder);
  const requiresPython = optionalAt(pinMetadata, "requires-python", "", textAt) ?? entry.requiresPython;
  return {
    name: entry.name,
    version: entry.version ?? (await versionOf(artifact)) ?? String(pinMetadata["version"]),
    extras: textsAt(pinMetadata["extras"] ?? [], "extras"),
    artifact,
    metadata: {
      requiresDist: textsAt(pinMetadata["requires-dist"] ?? [], "requires-dist").map((text) =>
        absoluteRequirement(text, folder),
      ),
      ...(requiresPython === undefined ? {} : { requiresPython }),
      providesExtra: textsAt(pinMetadata["provides-extra"] ?? [], "provides-extra"),
      ...(pinMetadata["unread"] === true ? { unread: true as const } : {}),
      ...(pinMetadata["assumed"] === true ? { assumed: true as const } : {}),
    },
    requested: pinMetadata["requested"] === true,
  };
}

/** Returns the version that the `pyproject.toml` of a local project declares now. It may be newer than the lock. */
async function versionOf({ origin }: PinnedArtifact): Promise<string | undefined> {
  if (origin?.kind !== "directory") return undefined;
  return declaredVersion(join(fileURLToPath(origin.url), origin.subdirectory ?? "."));
}

async function artifactOf(
  entry: LockedPackage,
  file: LockedFile | undefined,
  pinMetadata: TomlTable,
  folder: string,
): Promise<PinnedArtifact> {
  const { source } = entry;
  switch (source.kind) {
    case "files":
      if (file === undefined) throw new Error(`no file of \`${entry.name}\` was chosen`);
      return fileArtifact(file, source.index, folder);
    case "archive":
      return (
        directArtifact(source, folder) ?? treeArtifact(entry, archiveOrigin(source, folder), pinMetadata)
      );
    case "vcs":
      return treeArtifact(entry, vcsOrigin(source, folder), pinMetadata);
    default: {
      const { editable, subdirectory } = source;
      const url = urlOf(source, folder);
      const inside = subdirectory === undefined ? {} : { subdirectory };
      return treeArtifact(entry, { kind: "directory", url, editable, ...inside }, pinMetadata);
    }
  }
}

export function fileArtifact(
  { name, hashes, size, uploadTime, ...location }: LockedFile,
  index: string | undefined,
  folder: string,
): PinnedArtifact {
  return {
    kind: name.endsWith(".whl") ? "wheel" : "sdist",
    filename: name,
    url: withoutCredentials(urlOf(location, folder)),
    hashes,
    ...(size === undefined ? {} : { size }),
    ...(index === undefined ? {} : { index: withoutCredentials(index) }),
    ...(uploadTime === undefined ? {} : { uploadTime }),
  };
}

/** Returns the artifact of a wheel or source distribution that is required by URL. Undefined for other archives. */
export function directArtifact(source: LockedArchive, folder: string): PinnedArtifact | undefined {
  if (parseSourceReference(referenceOf(source, folder)) !== undefined) return undefined;
  const name = filenameOf(source) ?? "";
  return { ...fileArtifact({ ...source, name }, undefined, folder), direct: true };
}

/** Returns the reference of a source tree, for `parseSourceReference`. */
export function referenceOf(
  source: Exclude<LockedPackage["source"], { kind: "files" }>,
  folder: string,
): string {
  const url = urlOf(source, folder);
  const fragment: string[] = [];
  if (source.kind === "archive") {
    for (const [algorithm, digest] of Object.entries(source.hashes)) fragment.push(`${algorithm}=${digest}`);
  }
  if (source.kind === "directory" && source.editable) fragment.push("editable=true");
  if (source.subdirectory !== undefined)
    fragment.push(`subdirectory=${encodeURI(source.subdirectory).replaceAll("#", "%23")}`);
  const location =
    source.kind === "vcs" ? `${source.type}+${url.replace(/^git\+/, "")}@${source.commitId}` : url;
  return fragment.length === 0 ? location : `${location}#${fragment.join("&")}`;
}

function archiveOrigin({ subdirectory, hashes, ...location }: LockedArchive, folder: string): DirectUrl {
  const inside = subdirectory === undefined ? {} : { subdirectory };
  return { kind: "archive", url: urlOf(location, folder), ...inside, hashes };
}

function vcsOrigin(source: LockedVcs, folder: string): DirectUrl {
  const { type: vcs, requestedRevision, commitId, subdirectory } = source;
  return {
    kind: "vcs",
    url: urlOf(source, folder),
    vcs,
    ...(requestedRevision === undefined ? {} : { requestedRevision }),
    commitId,
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
}

async function treeArtifact(
  entry: LockedPackage,
  origin: DirectUrl,
  pinMetadata: TomlTable,
): Promise<PinnedArtifact> {
  const hashes = origin.kind === "archive" ? origin.hashes : {};
  return {
    kind: "source",
    filename: `${entry.name}-${String(pinMetadata["version"])}`,
    url: pinnedUrl(origin),
    hashes,
    direct: true,
    origin,
    identity: optionalAt(pinMetadata, "identity", "", textAt) ?? (await identityOf(origin)),
  };
}

/** Returns the reference in the form that `pinSource` returns. */
function pinnedUrl(origin: DirectUrl): string {
  const inside = origin.subdirectory === undefined ? {} : { subdirectory: origin.subdirectory };
  switch (origin.kind) {
    case "vcs":
      return formatSourceReference({
        kind: "git",
        repository: origin.url,
        revision: origin.commitId,
        ...inside,
      });
    case "archive":
      return formatSourceReference({ kind: "archive", url: origin.url, hashes: origin.hashes, ...inside });
    default: {
      const reference = parseSourceReference(origin.editable ? `${origin.url}#editable=true` : origin.url);
      if (reference?.kind !== "folder") {
        throw new PosyError("invalid-lock", `\`${origin.url}\` in the lock is not the URL of a folder`, {
          hint: "create the lock again with the tool that wrote it",
        });
      }
      return formatSourceReference({ ...reference, ...inside });
    }
  }
}

/** Computes the identity if the lock has none: the hash of an archive, the current content of a folder. */
async function identityOf(origin: DirectUrl): Promise<string> {
  if (origin.kind === "archive") return origin.hashes["sha256"] ?? sha256Of(JSON.stringify(origin.hashes));
  const reference = parseSourceReference(pinnedUrl(origin));
  if (reference?.kind !== "folder") return "";
  const { pinFolder } = await import("../../builder/sources/folder-source.ts");
  return (await pinFolder(reference, process.env)).identity;
}
