import { existsSync, linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import {
  errnoOf,
  type Home,
  meaningOfFailure,
  releaseTemporary,
  removeAllSync,
  temporaryPath,
} from "../../system/fs/index.ts";

/** What a disk can do. FAT and exFAT have no links, some network drives have only one kind. */
export interface DiskLinks {
  /** Links to folders: symbolic links, on Windows junctions, which need no privilege. */
  readonly folders: boolean;
  /** Hard links to files. */
  readonly files: boolean;
  /** Names that differ only in case are one file. */
  readonly ignoresCase: boolean;
}

const tried = new Map<string, DiskLinks>();

/**
 * Returns which links the disk of `folder` can have. They are tried once, in a temporary folder in `folder`. A store
 * that cannot be written is only compared with what it must contain: it was made on a disk with links.
 */
export function diskLinks(folder: string, windows = process.platform === "win32"): DiskLinks {
  try {
    return triedLinks(folder, windows);
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    const otherCase = join(dirname(folder), basename(folder).toUpperCase());
    return { folders: true, files: true, ignoresCase: existsSync(otherCase) };
  }
}

function triedLinks(folder: string, windows: boolean): DiskLinks {
  const before = tried.get(folder);
  if (before !== undefined) return before;
  const probe = temporaryPath(folder, "links");
  try {
    mkdirSync(join(probe, "folder"), { recursive: true });
    writeFileSync(join(probe, "file"), "");
    const links = {
      folders: works(() => {
        symlinkSync(join(probe, "folder"), join(probe, "link"), windows ? "junction" : "dir");
        return statSync(join(probe, "link")).isDirectory();
      }),
      files: works(() => {
        linkSync(join(probe, "file"), join(probe, "hard-link"));
        return true;
      }),
      ignoresCase: existsSync(join(probe, "FILE")),
    };
    tried.set(folder, links);
    return links;
  } finally {
    removeProbe(probe);
  }
}

function isReadOnly(error: unknown): boolean {
  return ["EACCES", "EPERM", "EROFS"].includes(errnoOf(error));
}

/**
 * Throws `permission` if nothing can be made in the store, and `filesystem` if its disk has no symbolic links, so that
 * nothing is downloaded in vain. Pythons and environments consist of links, except on Windows.
 */
export function requireSymbolicLinks({ data, dataTmp }: Pick<Home, "data" | "dataTmp">): void {
  try {
    if (triedLinks(dataTmp, process.platform === "win32").folders || process.platform === "win32") return;
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    throw new PosyError(
      "permission",
      `something is missing in the store \`${data}\`, which can't be written: ${meaningOfFailure(error)}`,
      {
        hint: "set POSY_HOME to a folder of yours; POSY_SHARED_STORES may name this store, which is then only read",
        cause: error,
      },
    );
  }
  throw new PosyError("filesystem", `the disk of \`${data}\` has no symbolic links`, {
    hint: "Pythons and environments have some: set POSY_HOME to a folder on another disk",
  });
}

/** What is left is removed when this process ends, or by a later one. */
function removeProbe(probe: string): void {
  try {
    removeAllSync(probe);
    releaseTemporary(probe);
  } catch {
    // The disk reports errors, or was made read-only meanwhile.
  }
}

/** The errors that say nothing about links. */
const troubles = new Set(["ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE", "ENFILE"]);

/** Returns whether an attempt succeeds. Throws if it fails for another reason than a lack of links. */
function works(attempt: () => boolean): boolean {
  try {
    return attempt();
  } catch (error) {
    if (troubles.has(errnoOf(error))) throw error;
    return false;
  }
}

/** Returns the debug message that says how Envs are made on this disk. */
export function describeDiskLinks({ folders, files }: Pick<DiskLinks, "folders" | "files">): string {
  const of = files ? "hard links to files" : "copies of files";
  return folders
    ? `environments have links to folders, and ${of}`
    : `the disk of the store has no links to folders: environments have real folders with ${of}`;
}
