import { open, stat } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, errnoOf } from "../../system/fs/index.ts";
import { parseVersionFile, type VersionPin } from "./parse-version-file.ts";
import { projectBoundary } from "./project-boundary.ts";
import {
  globalVersionFiles,
  localVersionFiles,
  type VersionFileSearch,
  type VersionFilePreference,
} from "./version-file-paths.ts";

/** A version file: `.python-version` or `.python-versions`. */
export interface VersionFile {
  /** The absolute path. */
  readonly path: string;
  /** True for the user's global pin (`posy python pin --global`), false for a file of this folder or above. */
  readonly global: boolean;
  readonly pins: readonly VersionPin[];
  /** A sentence for each line that is ignored, with file and line. */
  readonly warnings: readonly string[];
}

/** Options of `findVersionFile`. */
export interface FindVersionFileOptions {
  readonly preference?: VersionFilePreference;
  /** Look only for the user's global pin. */
  readonly globalOnly?: boolean;
}

/**
 * Finds the version file for a folder as uv does: the nearest one in the folder or above, but not above the project
 * that the folder is in; else the user's global pin. Throws `invalid-configuration`, `permission`.
 */
export async function findVersionFile(
  search: VersionFileSearch,
  { preference = "one", globalOnly = false }: FindVersionFileOptions = {},
): Promise<VersionFile | undefined> {
  if (!globalOnly) {
    for (const path of localVersionFiles(search, preference).flat()) {
      if (!(await isFile(path))) continue;
      const boundary = await projectBoundary(search.cwd);
      if (boundary !== undefined && !isWithin(dirname(path), boundary)) break;
      return readVersionFile(path, false);
    }
  }
  for (const path of globalVersionFiles(search)) if (await isFile(path)) return readVersionFile(path, true);
  return undefined;
}

/** The largest version file, in bytes. A larger file is not a version file: those have a line or two. */
const largestSize = 64 * 1024;

async function readVersionFile(path: string, global: boolean): Promise<VersionFile> {
  const { pins, ignored } = parseVersionFile(await readText(path));
  const folder = dirname(path);
  return {
    path,
    global,
    // A relative path starts from the folder of the file, not from the current folder.
    pins: pins.map((pin) => ({ ...pin, request: fromFolder(pin.request, folder) })),
    warnings: ignored.map(({ line, why }) => `\`${path}\`, line ${line}, is ignored: ${why}`),
  };
}

function fromFolder(request: string, folder: string): string {
  const isPath =
    (/[\\/]|^\./.test(request) || /\.pybi$/i.test(request)) && !/^[\w+.-]{2,}:\/\//.test(request);
  return isPath && !request.startsWith("~") ? resolve(folder, request) : request;
}

async function readText(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw asPosyError(error, `reading \`${path}\``);
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(largestSize + 1), 0, largestSize + 1, 0);
    if (bytesRead <= largestSize) {
      return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, bytesRead));
    }
  } catch (error) {
    if (errnoOf(error).startsWith("E") && !errnoOf(error).startsWith("ERR_")) {
      throw asPosyError(error, `reading \`${path}\``);
    }
  } finally {
    await file.close();
  }
  throw new PosyError("invalid-configuration", `\`${path}\` is not a list of Python versions`, {
    hint: "write one version per line, such as `3.13`, or run `posy python pin 3.13`",
  });
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

function isWithin(folder: string, boundary: string): boolean {
  return !/^\.\.([\\/]|$)/.test(relative(boundary, folder));
}
