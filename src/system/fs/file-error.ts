import { tmpdir } from "node:os";
import { basename, isAbsolute, relative, resolve } from "node:path";
import type { ErrorCode } from "../../errors/codes.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { openHome } from "./home.ts";

/** Whose a path is: Posy's own (the store and the cache), in the folder for temporary files, or any other. */
type Owner = "posy" | "temporary" | "other";

/** The hint for a failure: the same for every path, or one for each owner of the path. */
type Hint = string | Readonly<Record<Owner, string>>;

const ownedByOther: Hint = {
  posy: "check who owns it, or set POSY_HOME to a folder of yours",
  temporary: "check who owns it, or set TMPDIR to a folder of yours",
  other: "check its owner and its permissions",
};
const spaceNeeded: Hint = {
  posy: "free some space (`posy cache clean` empties the store), or set POSY_HOME to another disk",
  temporary: "free some space, or set TMPDIR to a folder on another disk",
  other: "free some space on the disk of that path",
};
const inTheWay = "look at what is there, and move it away";

const meanings: Readonly<Record<string, readonly [ErrorCode, string, Hint]>> = {
  ENOSPC: ["no-space", "no space is left on the disk", spaceNeeded],
  EDQUOT: ["no-space", "the disk quota is used up", spaceNeeded],
  EACCES: ["permission", "permission was denied", ownedByOther],
  EPERM: ["permission", "it is not permitted", ownedByOther],
  EROFS: [
    "permission",
    "the file system is read-only",
    {
      posy: "set POSY_HOME to a folder that can be written",
      temporary: "set TMPDIR to a folder that can be written",
      other: "make it writable, or use another folder",
    },
  ],
  EFBIG: ["no-space", "the file is larger than files may be here", "raise the limit (`ulimit -f`)"],
  ENOENT: [
    "not-found",
    "there is no such file or folder",
    {
      posy: "another program removed it while Posy ran: run the command again",
      temporary: "set TMPDIR to a folder that exists",
      other: "check the path",
    },
  ],
  EEXIST: ["filesystem", "something else is at this path", inTheWay],
  ENOTEMPTY: ["filesystem", "the folder is not empty", inTheWay],
  ENOTDIR: ["filesystem", "there is a file instead of a folder", inTheWay],
  EISDIR: ["filesystem", "there is a folder instead of a file", inTheWay],
  ELOOP: ["filesystem", "links lead in a circle", inTheWay],
  ENXIO: ["filesystem", "it is a socket or a device that nobody answers for", "name a regular file"],
  ENAMETOOLONG: [
    "filesystem",
    "the path is too long",
    {
      posy: "set POSY_HOME to a folder with a shorter path",
      temporary: "set TMPDIR to a folder with a shorter path",
      other: "use a shorter path",
    },
  ],
  EMFILE: ["filesystem", "too many files are open", "raise the limit (`ulimit -n`)"],
  ENFILE: ["filesystem", "too many files are open on this machine", "close other programs"],
  EBUSY: ["filesystem", "another program uses it", "close that program, then run the command again"],
  ETXTBSY: ["filesystem", "it is a program that runs", "end that program, then run the command again"],
  EIO: ["filesystem", "the disk reported an error", "check the disk, and the log of the system"],
  // Bun's `rm` reports EIO so.
  EFAULT: ["filesystem", "the disk reported an error", "check the disk, and the log of the system"],
};

/** The codes with which file systems refuse links that they do not support. */
const noLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL", "EMLINK"]);

/** The calls that Windows refuses while another program has the file open, or a file in the folder. */
const removing = new Set(["rename", "unlink", "rmdir", "rm"]);
const heldCodes = new Set(["EBUSY", "EPERM", "EACCES"]);

/**
 * Returns a `PosyError` for a failure of the file system. `doing` is what was attempted ("writing `x`"). The message
 * also has the path of the error if `doing` names another one. The hint names POSY_HOME only if the path is one of
 * Posy's own. Returns a `PosyError` unchanged; any other error that does not come from the file system becomes a `bug`.
 */
export function asPosyError(
  error: unknown,
  doing: string,
  platform: NodeJS.Platform = process.platform,
): PosyError {
  if (error instanceof PosyError) return error;
  const code = errnoOf(error);
  if (code === "") return new PosyError("bug", `${doing} failed: ${String(error)}`, { cause: error });
  const { syscall } = error as { syscall?: unknown };
  if (platform === "win32" && removing.has(String(syscall)) && heldCodes.has(code)) {
    return new PosyError("in-use", `${doing} failed: another program uses it, or permission was denied`, {
      hint: "close the programs that use it, such as a running Python or an editor, then run the command again",
      cause: error,
    });
  }
  if (isLackOfLinks(error)) {
    const kind = syscall === "symlink" ? "symbolic links" : "hard links";
    // Windows has links on every disk of its own, but not for every user.
    const why = platform === "win32" ? "links can't be made there" : `the disk has no ${kind}`;
    return new PosyError("filesystem", `${doing} failed: ${why}${pathInMessage(error, doing)}`, {
      hint: linkHint(ownerOf(error, doing)),
      cause: error,
    });
  }
  const [kind, what, hint] = meanings[code] ?? ["filesystem", `the file system reported ${code}`, undefined];
  const text = typeof hint === "object" ? hint[ownerOf(error, doing)] : hint;
  return new PosyError(kind, `${doing} failed: ${what}${pathInMessage(error, doing)}`, {
    hint: text,
    cause: error,
  });
}

/**
 * Returns an error with the path that it is about. The system names none when it cannot read from an open file or
 * write to it.
 */
export function failureAt(error: unknown, path: string): unknown {
  if (errnoOf(error) === "" || error instanceof PosyError) return error;
  const named = error as { path?: unknown };
  named.path ??= path;
  return error;
}

/** Returns what an error of the file system means ("permission was denied"), or `undefined` if that is not known. */
export function meaningOfFailure(error: unknown): string | undefined {
  return meanings[errnoOf(error)]?.[1];
}

/** Whether an error is one of the file system. Errors of connections have no path. */
export function isFileFailure(error: unknown): boolean {
  const { path, syscall } = (error ?? {}) as { path?: unknown; syscall?: unknown };
  return typeof path === "string" && typeof syscall === "string" && Object.hasOwn(meanings, errnoOf(error));
}

/** Whether an error says that the file system (FAT, exFAT) has no links of the kind that was to be made. */
export function isLackOfLinks(error: unknown): boolean {
  const { syscall } = (error ?? {}) as { syscall?: unknown };
  return (syscall === "symlink" || syscall === "link") && noLinks.has(errnoOf(error));
}

/**
 * Whether an error says that the disk or the quota is full. Then nothing can be renamed, either, on some file systems.
 */
export function isLackOfSpace(error: unknown): boolean {
  return error instanceof PosyError
    ? error.code === "no-space"
    : ["ENOSPC", "EDQUOT"].includes(errnoOf(error));
}

/** Returns the `code` of a system error (`ENOENT`), or "". */
export function errnoOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

/** Returns the path of an error in parentheses, or "" if the text before it names that path already. */
function pathInMessage(error: unknown, doing: string): string {
  const path = failedPath(error);
  if (path === undefined || path === "" || !isAbsolute(path)) return "";
  const names = [...doing.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  const isNamed = names.some((name) => isAbsolute(name) || basename(name) === basename(path));
  return isNamed ? "" : ` (\`${path}\`)`;
}

function linkHint(owner: Owner): string {
  if (process.platform === "win32") return "turn on Developer Mode in the settings of Windows";
  return owner === "posy"
    ? "set POSY_HOME to a folder on a file system with symbolic and hard links"
    : "use a folder on a file system with symbolic links";
}

function ownerOf(error: unknown, doing: string): Owner {
  const path = pathOf(error, doing);
  if (path === undefined) return "other";
  const { data, cache } = openHome();
  if (isInside(path, data) || isInside(path, cache)) return "posy";
  return isInside(path, tmpdir()) ? "temporary" : "other";
}

/**
 * Returns the absolute path that an error is about. Errors of reading and writing have none, so `doing` may name it.
 */
function pathOf(error: unknown, doing: string): string | undefined {
  const named = failedPath(error);
  if (named !== undefined) return resolve(named);
  return /`([^`]+)`/g
    .exec(doing)
    ?.slice(1)
    .find((text) => isAbsolute(text));
}

function failedPath(error: unknown): string | undefined {
  const { syscall, path, dest } = error as { syscall?: unknown; path?: unknown; dest?: unknown };
  // Of a link, `path` is the target and `dest` the link. Of a copy, `path` is what is copied, which may be missing; all
  // else is about the copy.
  const isOfDest =
    syscall === "symlink" || syscall === "link" || (syscall === "copyfile" && errnoOf(error) !== "ENOENT");
  const named = isOfDest ? (dest ?? path) : path;
  return typeof named === "string" ? named : undefined;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(/[\\/]/)[0] !== "..";
}
