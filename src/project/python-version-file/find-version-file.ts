import { open, stat } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, errnoOf } from "../../system/fs/index.ts";
import { parseVersionFile, type VersionPin } from "./parse-version-file.ts";
import { projectBoundary } from "./project-boundary.ts";
import {
  globalVersionFiles,
  localVersionFiles,
  type VersionFilePlace,
  type VersionFilePreference,
} from "./version-file-paths.ts";

/** A version file that was found, and what it says. */
export interface VersionFile {
  readonly path: string;
  /** The user's own (`posy python pin --global`), not one of this folder or above. */
  readonly global: boolean;
  readonly pins: readonly VersionPin[];
  /** A sentence for each line that is passed over, with the place of it. */
  readonly warnings: readonly string[];
}

export interface FindVersionFileOptions {
  readonly preference?: VersionFilePreference;
  /** Look only at the user's own. */
  readonly globalOnly?: boolean;
}

/**
 * The version file that holds in a folder, as uv finds it: the nearest from there upwards, but none beyond the project
 * that the folder is in; else the user's own. Throws `invalid-configuration`, `permission`.
 */
export async function findVersionFile(
  place: VersionFilePlace,
  { preference = "one", globalOnly = false }: FindVersionFileOptions = {},
): Promise<VersionFile | undefined> {
  if (!globalOnly) {
    for (const path of localVersionFiles(place, preference).flat()) {
      if (!(await isFile(path))) continue;
      const boundary = await projectBoundary(place.cwd);
      if (boundary !== undefined && !isWithin(dirname(path), boundary)) break;
      return readVersionFile(path, false);
    }
  }
  for (const path of globalVersionFiles(place)) if (await isFile(path)) return readVersionFile(path, true);
  return undefined;
}

/** A pin is a line or two; anything larger is something else. */
const largest = 64 * 1024;

async function readVersionFile(path: string, global: boolean): Promise<VersionFile> {
  const { pins, ignored } = parseVersionFile(await readText(path));
  const folder = dirname(path);
  return {
    path,
    global,
    // A path in it is seen from where the file lies, wherever below somebody is.
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
    const { bytesRead, buffer } = await file.read(Buffer.alloc(largest + 1), 0, largest + 1, 0);
    if (bytesRead <= largest) {
      return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, bytesRead));
    }
  } catch (error) {
    if (errnoOf(error).startsWith("E") && !errnoOf(error).startsWith("ERR_")) {
      throw asPosyError(error, `reading \`${path}\``);
    }
  } finally {
    await file.close();
  }
  throw new PosyError("invalid-configuration", `\`${path}\` is no list of Python versions`, {
    hint: "it has a version in each line, such as `3.13`; `posy python pin 3.13` writes one",
  });
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function isWithin(folder: string, boundary: string): boolean {
  return !/^\.\.([\\/]|$)/.test(relative(boundary, folder));
}
