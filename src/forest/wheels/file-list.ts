import { readFileSync } from "node:fs";
import { join } from "node:path";
import { throwIfTooManyOpen } from "../../system/fs/index.ts";
import type { Expected } from "../damage/index.ts";

/**
 * The list of the files of a stored wheel, with which `verifyWheel` compares them. It is the last file but the mark.
 */
export const fileListName = "files.json";

/** A file of a stored wheel. Its path is relative to the wheel's folder, and begins with the area: `site/a.py`. */
export interface ListedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly executable: boolean;
}

/** A row of the file: path, size, SHA-256, and 1 if it is executable. */
type Row = readonly [path: string, size: number, sha256: string, executable: 0 | 1];

export function formatFileList(files: readonly ListedFile[]): string {
  const rows = files.map(
    ({ path, size, sha256, executable }): Row => [path, size, sha256, executable ? 1 : 0],
  );
  return `${JSON.stringify({ filesVersion: 1, files: rows })}\n`;
}

/** Reads the list of a stored wheel; undefined if it is missing, damaged or of another version. */
export function readFileList(dir: string): ReadonlyMap<string, Expected> | undefined {
  try {
    const { filesVersion, files } = JSON.parse(readFileSync(join(dir, fileListName), "utf8")) as {
      filesVersion: number;
      files: readonly Row[];
    };
    if (filesVersion !== 1) return undefined;
    return new Map(
      files.map(([path, size, digest, executable]) => [
        path,
        { size, hash: { algorithm: "sha256", digest }, executable: executable === 1 },
      ]),
    );
  } catch (error) {
    throwIfTooManyOpen(error);
    return undefined;
  }
}
