import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  futimesSync,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import {
  asPosyError,
  errnoOf,
  failureAt,
  followLink,
  lstatIfThere,
  oneFileRefusal,
} from "../../system/fs/index.ts";
import { parseMemberName, type TarMember } from "../../system/archives/index.ts";

/**
 * Files next to the root folder that are not a part of it: `git archive` writes one for readers that don't know its
 * headers, and macOS writes one for every file.
 */
const strayFile = /^(pax_global_header|\._[^/]*)$/;

/** The range of times that a zip, and so a wheel, can hold, less one day, so that it holds in every time zone. */
const earliest = Date.UTC(1980, 0, 2) / 1000;
const latest = Date.UTC(2107, 11, 30) / 1000;

type Member = Omit<TarMember, "data">;

/**
 * Writes the tree of a source distribution member by member. Links are made last, so that nothing is written through
 * one.
 */
export class SdistTree {
  readonly #into: string;
  readonly #label: string;
  readonly #members = new Map<string, Member>();
  /** Includes folders that have no member of their own. */
  readonly #folders = new Set<string>();
  #root: string | undefined;

  constructor(into: string, label: string) {
    this.#into = resolve(into);
    this.#label = label;
  }

  add({ data, ...member }: TarMember): void {
    const { path, kind } = member;
    if (strayFile.test(path)) return;
    const root = path.split("/", 1)[0] as string;
    this.#root ??= root;
    if (root !== this.#root) {
      throw this.#refusal(`it has not one root folder but \`${this.#root}\` and \`${root}\``);
    }
    if (path === root && kind !== "directory") throw this.#memberRefusal(path, "lies beside no root folder");
    this.#admit(member);
    this.#attempt(path, () => {
      if (kind === "directory") mkdirSync(join(this.#into, path), { recursive: true });
      else mkdirSync(join(this.#into, path, ".."), { recursive: true });
      if (kind === "file") this.#write(member, data);
    });
  }

  /** Creates the links and returns the absolute path of the root folder. */
  finish(): string {
    const root = this.#root;
    if (root === undefined) throw this.#refusal("it is empty");
    const links = new Map<string, string>();
    for (const member of this.#members.values()) {
      if (member.kind !== "hardlink") continue;
      const target = this.#targetOf(member);
      this.#members.set(member.path, { ...target, path: member.path });
      // A hard link to a symbolic link is the same symbolic link.
      if (target.kind === "symlink") continue;
      this.#attempt(member.path, () =>
        linkOrCopy(join(this.#into, target.path), join(this.#into, member.path)),
      );
    }
    const inside = (path: string): string => path.slice(root.length + 1);
    for (const { path, kind, target } of this.#members.values()) {
      if (kind === "symlink") links.set(inside(path), target);
    }
    for (const [path, target] of links) {
      const shownTarget = JSON.stringify(target);
      const refused = (why: string) => this.#memberRefusal(`${root}/${path}`, why);
      if (target === "" || target.includes("\0"))
        throw refused(`is a link to ${shownTarget}, which is no path`);
      if (/^([/\\]|[A-Za-z]:)/.test(target)) throw refused(`is a link to an absolute path, ${shownTarget}`);
      // A cycle of links leads nowhere, which is allowed.
      if (
        followLink(links, path, process.platform === "win32" ? target.replaceAll("\\", "/") : target) ===
        "outside"
      )
        throw refused(`is a link that leads out of the root folder, to ${shownTarget}`);
    }
    for (const [path, target] of links) {
      this.#attempt(`${root}/${path}`, () => symlinkSync(target, join(this.#into, root, path)));
    }
    return join(this.#into, root);
  }

  /**
   * Refuses a member that conflicts with an earlier one. Removes an earlier file of the same path, because the last one
   * counts.
   */
  #admit(member: Member): void {
    const { path, kind } = member;
    const before = this.#members.get(path);
    if (kind !== "directory" && this.#folders.has(path)) {
      throw this.#memberRefusal(path, `is a ${kind} that others lie in`);
    }
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const folder = path.slice(0, slash);
      if (this.#folders.has(folder)) break;
      const above = this.#members.get(folder);
      if (above !== undefined && above.kind !== "directory") {
        throw this.#memberRefusal(path, `lies in ${JSON.stringify(above.path)}, which is a ${above.kind}`);
      }
      this.#folders.add(folder);
    }
    if (kind === "directory") {
      if (before !== undefined && before.kind !== "directory") {
        throw this.#memberRefusal(path, `is a folder and a ${before.kind}`);
      }
      this.#folders.add(path);
    } else if (before?.kind === "file") {
      this.#attempt(path, () => rmSync(join(this.#into, path)));
    }
    this.#members.set(path, member);
  }

  #write({ path, mode, mtime }: Member, data: Uint8Array): void {
    const file = openSync(join(this.#into, path), "wx", 0o600);
    try {
      for (let done = 0; done < data.length; ) done += writeSync(file, data, done);
      fchmodSync(file, filteredMode(mode));
      const time = Math.min(latest, Math.max(earliest, mtime));
      futimesSync(file, time, time);
    } finally {
      closeSync(file);
    }
  }

  /** Returns the file or symbolic link that a hard link leads to, also through other hard links. */
  #targetOf(link: Member): Member {
    let member = link;
    for (let hops = 0; member.kind === "hardlink"; hops++) {
      const parsed = parseMemberName(member.target, "safe");
      const next = "path" in parsed ? this.#members.get(parsed.path) : undefined;
      if (next === undefined || next.kind === "directory" || hops > this.#members.size) {
        throw this.#memberRefusal(
          link.path,
          `is a hard link to ${JSON.stringify(link.target)}, which is no file of the archive`,
        );
      }
      member = next;
    }
    return member;
  }

  #attempt(path: string, step: () => void): void {
    let failure = failureOf(step);
    // Bun's `mkdir` says that something is in the way also if it can't look at what is there, so look once more.
    if (inTheWay.has(errnoOf(failure))) failure = failureOf(step);
    if (failure === undefined) return;
    if (inTheWay.has(errnoOf(failure))) {
      const trouble = failureOf(() => lstatIfThere(join(this.#into, path)));
      if (trouble === undefined) {
        const refusal = oneFileRefusal(this.#label, this.#into, path);
        if (refusal !== undefined) throw refusal;
        throw this.#memberRefusal(path, "is where another of its members is, on this disk");
      }
      failure = trouble;
    }
    throw asPosyError(failureAt(failure, join(this.#into, path)), `unpacking \`${this.#label}\``);
  }

  #memberRefusal(path: string, why: string): PosyError {
    return this.#refusal(`its member ${JSON.stringify(path)} ${why}`);
  }

  #refusal(why: string): PosyError {
    return new PosyError("invalid-archive", `\`${this.#label}\` can't be unpacked: ${why}`, {
      hint: "a source distribution is an archive with one folder, which nothing in it leaves: tell those who made it",
    });
  }
}

/** The codes for a path, or a folder of it, at which something else is. */
const inTheWay = new Set(["EEXIST", "ENOTDIR", "EISDIR"]);

function failureOf(step: () => unknown): unknown {
  try {
    step();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** PEP 706: the owner may read and write, others may not write, and a file is executable for all or for none. */
function filteredMode(mode: number): number {
  const bits = (mode & 0o755) | 0o600;
  return (bits & 0o100) === 0 ? bits & ~0o111 : bits;
}

/** Makes a hard link, or a copy with the same time if the disk has no hard links or one file has too many of them. */
function linkOrCopy(source: string, path: string): void {
  try {
    linkSync(source, path);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") throw error;
    copyFileSync(source, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const { atime, mtime } = statSync(source);
    utimesSync(path, atime, mtime);
  }
}
