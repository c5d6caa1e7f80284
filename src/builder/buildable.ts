import type { SdistArtifact, SourceArtifact } from "../model/index.ts";
import type { PackageDB } from "../packages/index.ts";
import { sha256Of } from "../system/fs/index.ts";
import type { BuildRequest } from "./build-request.ts";

/** What can be built. */
export type Buildable = SdistArtifact | SourceArtifact;

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
export function isRequested(source: Buildable, { policy, stack: chain }: BuildRequest): boolean {
  if (chain.length > 0) return false;
  return source.kind === "source" || source.index === undefined || policy.noBinary.names.has(source.name);
}

export function isEditable(source: Buildable): boolean {
  return source.kind === "source" && source.origin.kind === "directory" && source.origin.editable;
}

/** Whether other machines can have the same source: it is neither a folder nor a file of this machine. */
export function isPortable(source: Buildable): boolean {
  return (
    source.kind === "sdist" || (source.origin.kind !== "directory" && !/^(git\+)?file:/i.test(source.url))
  );
}
