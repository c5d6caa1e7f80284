import { readFileSync } from "node:fs";
import { areUnchanged, type CacheInput } from "../../system/fs/fingerprint.ts";
import { newSha256 } from "../../system/fs/sha256-sync.ts";
import { type CacheInputs, isStillValid } from "./cache-inputs.ts";
import type { EntryLocation } from "./entry-path.ts";

/** The first line of the cache entry of a `posy resolve`, which is JSON. What the command printed follows. */
interface ResolveEntry extends CacheInputs {
  /** The version of this format. */
  readonly resolveMemoVersion: 1;
  /** The hash of the invocation key. */
  readonly identity: string;
  /** The files that determine what is resolved. */
  readonly inputs: readonly CacheInput[];
  /** The warnings about settings. They are shown each time. */
  readonly warnings: readonly string[];
  /** The hash of what follows. A power cut may have cut the file. */
  readonly sha256: string;
}

/** What `posy resolve` prints. */
export interface ResolveAnswer {
  readonly warnings: readonly string[];
  readonly text: string;
}

/**
 * Returns what a `posy resolve` would print. Returns undefined if there is no entry, if it is damaged, if one of its
 * inputs has changed, or if an index has to be asked again.
 */
export function readResolveEntry({ path, identity }: EntryLocation): ResolveAnswer | undefined {
  try {
    const content = readFileSync(path, "utf8");
    const end = content.indexOf("\n");
    const entry = JSON.parse(content.slice(0, end)) as ResolveEntry;
    if (entry.resolveMemoVersion !== 1 || entry.identity !== identity) return undefined;
    if (!areUnchanged(entry.inputs, process.env) || !isStillValid(entry)) return undefined;
    if (!Array.isArray(entry.warnings)) return undefined;
    const text = content.slice(end + 1);
    return newSha256().update(text).digest("hex") === entry.sha256
      ? { warnings: entry.warnings, text }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a cache entry. A failure is ignored: it only makes the next `posy resolve` slower. */
export async function writeResolveEntry(
  { path, identity }: EntryLocation,
  inputs: readonly CacheInput[],
  { files, made, freshUntil }: CacheInputs,
  { warnings, text }: ResolveAnswer,
): Promise<void> {
  const { writeAtomic } = await import("../../system/fs/files.ts");
  const sha256 = newSha256().update(text).digest("hex");
  const entry: ResolveEntry = {
    resolveMemoVersion: 1,
    identity,
    inputs,
    files,
    made,
    freshUntil,
    warnings,
    sha256,
  };
  await writeAtomic(path, `${JSON.stringify(entry)}\n${text}`).catch(() => {});
}
