import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError } from "../../fs/index.ts";

/** A member to write. Paths have forward slashes and are relative. */
export type NewTarMember =
  | {
      readonly kind: "file";
      readonly path: string;
      /** Unix permissions. */
      readonly mode: number;
      /** Seconds since 1970. */
      readonly mtime: number;
      /** The path of a file, or its bytes. */
      readonly source: { readonly path: string } | { readonly bytes: Uint8Array };
    }
  | {
      readonly kind: "symlink";
      readonly path: string;
      readonly mtime: number;
      /** What the link contains. */
      readonly target: string;
    }
  | {
      readonly kind: "directory";
      /** Without a slash at the end. */
      readonly path: string;
      readonly mode: number;
      readonly mtime: number;
    };

const block = 512;
/** The largest number of a field with 11 octal digits: a size of 8 GiB, a time in the year 2242. */
const largestNumber = 8 ** 11 - 1;
/** A file above this many bytes is read and written in pieces. */
const pieceFrom = 4 << 20;

/**
 * Writes a tar archive piece by piece: ustar (POSIX.1-1988), with pax headers (POSIX.1-2001) for names that are long or
 * not ASCII, and for numbers that do not fit. The same members give the same bytes on every machine: the owner is user
 * 0 and group 0 without names, and nothing but the size and the content of a file is read. Throws `filesystem` if a
 * file changes meanwhile, and the errors of the file system.
 */
export async function* writeTar(
  members: AsyncIterable<NewTarMember> | Iterable<NewTarMember>,
): AsyncGenerator<Uint8Array> {
  for await (const member of members) {
    if (member.kind !== "file") yield memberHeader(member, 0);
    else if ("bytes" in member.source) yield wholeMember(member, member.source.bytes);
    else yield* fileMember(member, member.source.path);
  }
  yield Buffer.alloc(2 * block);
}

type FileMember = NewTarMember & { readonly kind: "file" };

async function* fileMember(member: FileMember, path: string): AsyncGenerator<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= pieceFrom) {
      const bytes = await readFile(path);
      if (bytes.length !== size) throw changed(path);
      yield wholeMember(member, bytes);
      return;
    }
    yield memberHeader(member, size);
    let done = 0;
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      done += piece.length;
      if (done > size) throw changed(path);
      yield piece;
    }
    if (done !== size) throw changed(path);
    yield padding(size);
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
}

function changed(path: string): PosyError {
  return new PosyError("filesystem", `\`${path}\` changed while it was read`, {
    hint: "run the command again",
  });
}

/** One piece for a small member, because each piece costs more than its bytes. */
function wholeMember(member: FileMember, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([memberHeader(member, bytes.length), bytes, padding(bytes.length)]);
}

function padding(size: number): Uint8Array {
  return Buffer.alloc((block - (size % block)) % block);
}

const types = { file: "0", symlink: "2", directory: "5" } as const;

function memberHeader(member: NewTarMember, size: number): Buffer {
  const path = member.kind === "directory" ? `${member.path}/` : member.path;
  const target = member.kind === "symlink" ? member.target : "";
  for (const text of [path, target]) {
    if (text.includes("\0")) {
      throw new PosyError("invalid-archive", `the name ${JSON.stringify(text)} contains a NUL byte`, {
        hint: "rename the file",
      });
    }
  }
  const name = ustarName(path);
  const extra = [
    ...(name === undefined ? [paxRecord("path", path)] : []),
    ...(isPlain(target) && target.length <= 100 ? [] : [paxRecord("linkpath", target)]),
    ...(size <= largestNumber ? [] : [paxRecord("size", `${size}`)]),
    ...(isNumber(member.mtime) ? [] : [paxRecord("mtime", `${member.mtime}`)]),
  ].join("");
  const own = header({
    name: name ?? { name: shortened(path), prefix: "" },
    type: types[member.kind],
    mode: member.kind === "symlink" ? 0o777 : member.mode & 0o7777,
    size: size <= largestNumber ? size : 0,
    mtime: isNumber(member.mtime) ? member.mtime : 0,
    target: shortened(target),
  });
  if (extra === "") return own;
  const records = Buffer.from(extra);
  const pax = header({
    // The name that GNU tar and Python write, too. Readers that do not know pax unpack it as a file.
    name: { name: "././@PaxHeader", prefix: "" },
    type: "x",
    mode: 0o644,
    size: records.length,
    mtime: 0,
    target: "",
  });
  return Buffer.concat([pax, records, padding(records.length), own]);
}

function isNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= largestNumber;
}

/** Whether every reader reads a text alike: older ones disagree about the encoding of other names. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** Returns what stands in the field of a name whose real value is in a pax header. */
function shortened(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, "?").slice(0, 100);
}

interface UstarName {
  readonly name: string;
  readonly prefix: string;
}

/** Divides a path at a slash into up to 155 and 100 bytes, or returns undefined if it needs a pax header. */
function ustarName(path: string): UstarName | undefined {
  if (!isPlain(path)) return undefined;
  if (path.length <= 100) return { name: path, prefix: "" };
  // The slash at the end of a folder does not divide, since the name would be empty.
  const slash = path.indexOf("/", path.length - 101);
  if (slash < 1 || slash > 155 || slash >= path.length - 1) return undefined;
  return { name: path.slice(slash + 1), prefix: path.slice(0, slash) };
}

interface HeaderFields {
  readonly name: UstarName;
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
  readonly target: string;
}

/** The fields of POSIX.1-1988, "ustar Interchange Format". */
function header({ name, type, mode, size, mtime, target }: HeaderFields): Buffer {
  const bytes = Buffer.alloc(block);
  const text = (value: string, offset: number) => bytes.write(value, offset, "latin1");
  const octal = (value: number, offset: number, digits: number) =>
    text(`${value.toString(8).padStart(digits, "0")}\0`, offset);
  text(name.name, 0);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(mtime, 136, 11);
  text(type, 156);
  text(target, 157);
  text("ustar\u000000", 257);
  octal(0, 329, 7);
  octal(0, 337, 7);
  text(name.prefix, 345);
  // The checksum is computed as if its own field had spaces.
  bytes.fill(" ", 148, 156);
  let sum = 0;
  for (let index = 0; index < block; index++) sum += bytes[index] as number;
  text(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return bytes;
}

/** Returns a pax record. The length at its start counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (rest + `${length}`.length !== length) length = rest + `${length}`.length;
  return `${length} ${key}=${value}\n`;
}
