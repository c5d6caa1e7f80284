import type { PackagePin, SdistArtifact, SourceArtifact } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { PackageDB } from "../packages/index.ts";
import { sha256Of } from "../system/fs/index.ts";
import { parsePackageName } from "../vocab/requirement/index.ts";
import { parseSdistFilename } from "../vocab/filenames/index.ts";
import { parseVersion } from "../vocab/version/index.ts";
import type { BuildRequest } from "./build-request.ts";

/** What can be built. */
export type Buildable = SdistArtifact | SourceArtifact;

/** Returns the source that a pin is built from. Throws `invalid-blueprint` if the pin does not name it. */
export function buildableOf({ name, version, artifact }: PackagePin): Buildable {
  const { kind, filename, url, hashes, size, index, origin, identity } = artifact;
  const fields = { filename, url, hashes, yanked: false as const, ...(index === undefined ? {} : { index }) };
  if (kind === "sdist") {
    const sdist = parseSdistFilename(filename, parsePackageName(name));
    const sized = size === undefined ? {} : { size };
    return { ...fields, ...sized, kind, name: sdist.name, version: sdist.version, sdist };
  }
  if (kind === "source" && origin !== undefined && identity !== undefined) {
    return {
      ...fields,
      kind,
      name: parsePackageName(name),
      version: parseVersion(version),
      origin,
      identity,
    };
  }
  throw new PosyError(
    "invalid-blueprint",
    `the pin of \`${name} ${version}\` does not say what it is built from`,
    {
      hint: "resolve again to make it anew",
    },
  );
}

/**
 * Returns the identity of a source's content: 64 hexadecimal digits. If no index gives the hash of an sdist, it is
 * fetched. The identity of other sources may come from a lock file, which could be wrong. So it counts only together
 * with its URL.
 */
export async function identityOf(source: Buildable, db: PackageDB): Promise<string> {
  if (source.kind === "source") return sha256Of(`${source.identity} ${source.url}`);
  return source.hashes["sha256"] ?? (await db.fetch(source)).sha256;
}

/**
 * Whether a person asks for this very source, by its URL or by `--no-binary NAME`: then no other version can replace
 * it.
 */
export function isAskedFor(source: Buildable, { policy, stack: chain }: BuildRequest): boolean {
  if (chain.length > 0) return false;
  return source.kind === "source" || source.index === undefined || policy.noBinary.names.has(source.name);
}

export function isEditable(source: Buildable): boolean {
  return source.kind === "source" && source.origin.kind === "directory" && source.origin.editable;
}
