import { PosyError } from "../../../errors/posy-error.ts";
import { parseMemberName } from "../zip/member-name.ts";
import { type ChunkReader, chunkReader } from "./chunk-reader.ts";

/** A member of a cpio archive. `target` is the target of a link as written, otherwise "". */
export interface CpioMember {
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  /** Unix permissions. */
  readonly mode: number;
  readonly target: string;
  readonly data: Uint8Array;
}

/**
 * Limits that no file of a Python distribution reaches: bytes of a file, bytes of a name, names of one file.
 */
const most = { file: 2 ** 30, name: 4096, links: 1000 };

interface Header {
  /** The same for all names of one file. */
  readonly identity: string;
  readonly mode: number;
  readonly names: number;
  readonly nameSize: number;
  readonly size: number;
  /** Names and data are padded to a multiple of this. */
  readonly align: 1 | 4;
  readonly length: number;
}

/**
 * Reads a cpio archive in the formats of Apple's installer packages: `odc` (octal digits, POSIX.1) and `newc`
 * (hexadecimal). Rejects names that leave the root, and everything except files, folders and links. A file
 * with several names is returned once for each. Throws `invalid-archive`.
 */
export async function* readCpio(
  chunks: AsyncIterable<Uint8Array>,
  label: string,
  wanted: (path: string) => boolean = () => true,
): AsyncGenerator<CpioMember> {
  const refuse = (why: string): never => {
    throw new PosyError("invalid-archive", `\`${label}\` is not a cpio archive that can be trusted: ${why}`, {
      hint: "download it again; if it happens again, report it to its publisher",
    });
  };
  const reader = chunkReader(chunks, () => refuse("it is cut off"));
  // In `newc` only the last name of a file has its bytes; in other formats each name has them.
  const contents = new Map<string, Uint8Array>();
  const waiting = new Map<string, CpioMember[]>();
  for (;;) {
    const header = await readHeader(reader, refuse);
    const name = (await reader.take(header.nameSize)).subarray(0, -1).toString("utf8");
    await reader.take(padding(header.length + header.nameSize, header.align));
    if (name === "TRAILER!!!") break;
    const skip = () => reader.skip(header.size + padding(header.size, header.align));
    const parsed = name === "." || name === "./" ? undefined : parseMemberName(name, "safe");
    if (parsed !== undefined && "refused" in parsed)
      throw refuse(`its member ${JSON.stringify(name)} ${parsed.refused}`);
    const kind = kinds[header.mode & 0o170000] ?? refuse("a member is neither file, folder nor link");
    if (kind === "directory" && header.size !== 0)
      refuse(`its member ${JSON.stringify(name)} is a folder with data`);
    const hasSeveralNames = kind === "file" && header.names > 1;
    if (parsed === undefined || (!hasSeveralNames && !wanted(parsed.path))) {
      await skip();
      continue;
    }
    const data = await reader.take(header.size);
    await reader.take(padding(header.size, header.align));
    const target = kind === "symlink" ? data.toString("utf8") : "";
    const member = { path: parsed.path, kind, mode: header.mode & 0o7777, target, data };
    if (!hasSeveralNames) {
      yield member;
      continue;
    }
    if (data.length > 0) contents.set(header.identity, data);
    const known = contents.get(header.identity);
    const named = [...(waiting.get(header.identity) ?? []), member];
    if (named.length > most.links) refuse("a file has too many names");
    waiting.set(header.identity, known === undefined ? named : []);
    if (known === undefined) continue;
    for (const each of named) if (wanted(each.path)) yield { ...each, data: known };
  }
  // The remaining files have no data.
  for (const named of waiting.values()) for (const each of named) if (wanted(each.path)) yield each;
}

const kinds: Readonly<Record<number, CpioMember["kind"]>> = {
  0o100000: "file",
  0o040000: "directory",
  0o120000: "symlink",
};

async function readHeader(reader: ChunkReader, refuse: (why: string) => never): Promise<Header> {
  const magic = (await reader.take(6)).toString("latin1");
  const odc = magic === "070707";
  if (!odc && magic !== "070701" && magic !== "070702") refuse("it does not begin with the signature of one");
  const text = (await reader.take(odc ? 70 : 104)).toString("latin1");
  if (!(odc ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/).test(text))
    refuse("a header contains something other than digits");
  const field = (offset: number, length: number) =>
    Number.parseInt(text.slice(offset, offset + length), odc ? 8 : 16);
  const header: Header = odc
    ? {
        identity: text.slice(0, 12),
        mode: field(12, 6),
        names: field(30, 6),
        nameSize: field(53, 6),
        size: field(59, 11),
        align: 1,
        length: 76,
      }
    : {
        identity: text.slice(56, 72) + text.slice(0, 8),
        mode: field(8, 8),
        names: field(32, 8),
        nameSize: field(88, 8),
        size: field(48, 8),
        align: 4,
        length: 110,
      };
  if (header.nameSize < 1 || header.nameSize > most.name)
    refuse("the name of a member has an invalid length");
  if (header.size > most.file) refuse("a member has an invalid size");
  return header;
}

function padding(length: number, align: number): number {
  return (align - (length % align)) % align;
}
