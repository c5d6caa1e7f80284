import { lstat, mkdir, rename, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import {
  asPosyError,
  patientRename,
  releaseTemporary,
  removeTree,
  temporaryPath,
} from "../../system/fs/index.ts";

/**
 * Fills a path next to `path` with a file or a folder, and renames it to `path`. What was there before stays until the
 * new one is complete, and is then replaced: a file, an empty folder, and with `replacesFolder` any folder. A failure
 * leaves nothing. Returns what `fill` returns. Throws what it throws, and errors of the file system.
 */
export async function writeBeside<T>(
  path: string,
  fill: (beside: string) => Promise<T>,
  { replacesFolder = false }: { readonly replacesFolder?: boolean } = {},
): Promise<T> {
  const parent = dirname(path);
  const beside = temporaryPath(parent, "export", { prefix: "." });
  try {
    await mkdir(parent, { recursive: true });
    const result = await fill(beside);
    await replace(path, beside, replacesFolder);
    return result;
  } catch (error) {
    await removeTree(beside).catch(() => {});
    throw aboutPath(asPosyError(error, `writing \`${path}\``), beside, path);
  } finally {
    releaseTemporary(beside);
  }
}

/** The path was chosen for this export, so another one helps. Other hints name settings. */
const hints: Readonly<Record<string, string>> = {
  "no-space": "free some space on that disk, or write to another one",
  permission: "name a folder that you can write to",
};

/** The person knows the path that was asked for, and not the one beside it. */
function aboutPath(failure: PosyError, beside: string, path: string): PosyError {
  const { code, message, hint, span, cause } = failure;
  const about = message.replaceAll(beside, path);
  // Another failure may be about the store.
  if (!about.includes(`\`${path}`)) return failure;
  return new PosyError(code, about, { hint: hints[code] ?? hint, span, cause });
}

/** Renames `beside` to `path`. A folder that is replaced is moved away first, and comes back if that fails. */
async function replace(path: string, beside: string, replacesFolder: boolean): Promise<void> {
  const existing = await lstat(path).catch(() => undefined);
  if (!existing?.isDirectory() || !replacesFolder) {
    // Windows does not rename to a folder that exists, even to an empty one.
    if (existing?.isDirectory()) await rmdir(path);
    return patientRename(beside, path);
  }
  const old = temporaryPath(dirname(path), "export", { prefix: "." });
  await rename(path, old);
  try {
    await patientRename(beside, path);
  } catch (error) {
    await rename(old, path);
    throw error;
  }
  await removeTree(old);
  releaseTemporary(old);
}
