import { PosyError } from "../../../errors/posy-error.ts";
import { type NameRules, parseMemberName } from "../zip/member-name.ts";
import { otherSystemHint } from "../zip/zip-refusal.ts";

/** A member of a tar archive without its content. `target` is the target of a link as written, otherwise "". */
export interface TarHead {
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink" | "hardlink";
  /** Unix permissions. */
  readonly mode: number;
  /** Seconds since 1970; 0 if the archive has no time. */
  readonly mtime: number;
  readonly target: string;
}

export interface TarMember extends TarHead {
  readonly data: Uint8Array;
}

/** A member whose content is read in pieces. The content is read before the next member, or not at all. */
export interface StreamedTarMember extends TarHead {
  /** Bytes. */
  readonly size: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

const block = 512;
/** No file of a Python distribution is this large. */
const largestFile = 2 ** 30;
/** Layers of images may be larger. */
const largestStream = 2 ** 40;
const mostMembers = 1_000_000;

export interface TarOptions {
  /**
   * Accepts deviations of older tools, as Python's tarfile does: no blocks of zeros at the end; links and
   * folders with a size but no data.
   */
  readonly lenient?: boolean;
  readonly names?: NameRules;
}

/** The values that extra headers set for the next member. */
interface Announced {
  path?: string;
  target?: string;
  size?: number;
  mtime?: number;
  sparse?: boolean;
}

/**
 * Reads a tar archive (ustar and older, with the long names of pax and GNU) piece by piece, to its very end.
 * Checks the checksums of headers, and rejects names that leave the root and everything except files, folders
 * and links. Skips members for which `wanted` returns false. Throws `invalid-archive`, and the errors of
 * `chunks`.
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  label: string,
  wanted: (path: string) => boolean = () => true,
  options: TarOptions = {},
): AsyncGenerator<TarMember> {
  for await (const { head, size, source } of tarMembers(chunks, label, wanted, options, largestFile)) {
    const body = size === 0 ? Buffer.alloc(0) : await source.take(paddedSize(size));
    yield { ...head, data: body.subarray(0, size) };
  }
}

/** Reads a tar archive as `readTar` does, but holds no file in memory. */
export async function* streamTar(
  chunks: AsyncIterable<Uint8Array>,
  label: string,
): AsyncGenerator<StreamedTarMember> {
  for await (const { head, size, source } of tarMembers(chunks, label, () => true, {}, largestStream)) {
    let left = paddedSize(size);
    const pieces = async function* () {
      for (let content = size; content > 0; ) {
        const piece = await source.takeUpTo(content);
        content -= piece.length;
        left -= piece.length;
        yield piece;
      }
    };
    yield { ...head, size, pieces: pieces() };
    await source.skip(left);
  }
}

interface MemberAt {
  readonly head: TarHead;
  /** Of the content, in bytes; 0 for folders and links. */
  readonly size: number;
  /** The content with its padding is next. Whoever gets a member reads or skips exactly that. */
  readonly source: ByteSource;
}

async function* tarMembers(
  chunks: AsyncIterable<Uint8Array>,
  label: string,
  wanted: (path: string) => boolean,
  { lenient = false, names = "safe" }: TarOptions,
  largest: number,
): AsyncGenerator<MemberAt> {
  const refuse = (why: string): never => {
    throw new PosyError("invalid-archive", `\`${label}\` is not a tar archive that can be trusted: ${why}`, {
      hint: "download it again; if it happens again, report it to its publisher",
    });
  };
  let current: string | undefined;
  const source = byteSource(chunks, () =>
    refuse(
      current === undefined ? "it is cut off" : `it is cut off in its member ${JSON.stringify(current)}`,
    ),
  );
  try {
    let announced: Announced = {};
    for (let number = 0; ; number++) {
      if (number > mostMembers) refuse("it has too many members");
      current = undefined;
      const header = await source.block(lenient && number > 0);
      if (header === undefined) {
        if (!lenient || number === 0) refuse("it has no end");
        return;
      }
      if (header.every((byte) => byte === 0)) {
        if (lenient && number === 0) refuse("it is empty");
        await source.drain();
        return;
      }
      if (!checksumFits(header)) refuse("a header's checksum is wrong");
      const type = String.fromCharCode(header[156] ?? 0);
      const name = announced.path ?? ustarName(header);
      current = name;
      const refuseMember = (why: string): never => refuse(`its member ${JSON.stringify(name)} ${why}`);
      const size = announced.size ?? numberAt(header, 124, 12);
      if (!Number.isSafeInteger(size) || size < 0 || size > largest) refuseMember("has an invalid size");
      const padded = paddedSize(size);
      if ("xXLK".includes(type)) {
        if (size > 2 ** 20) refuse("a member has too long a name");
        const text = (await source.take(padded)).subarray(0, size).toString("utf8");
        if (type === "L" || type === "K")
          announced = { ...announced, [type === "L" ? "path" : "target"]: text.replace(/\0.*$/s, "") };
        else announced = { ...announced, ...paxOf(text) };
        continue;
      }
      if (type === "g") {
        await source.skip(padded);
        continue;
      }
      const kind =
        kindOf(type, name) ?? refuseMember(refusedTypes[type] ?? "is neither file, folder nor link");
      if (announced.sparse) refuseMember("is a sparse file, which is not read");
      const target = announced.target ?? textAt(header, 157, 100);
      const mode = numberAt(header, 100, 8) & 0o7777;
      const mtime = announced.mtime ?? numberAt(header, 136, 12);
      announced = {};
      const parsed = /^(\.\/*)+$/.test(name) ? undefined : parseMemberName(name, names);
      if (parsed !== undefined && "refused" in parsed) {
        if (!parsed.isOfWindows) throw refuseMember(parsed.refused);
        const why = `its member ${JSON.stringify(name)} ${parsed.refused}`;
        throw new PosyError("invalid-archive", `\`${label}\` can't be unpacked on Windows: ${why}`, {
          hint: otherSystemHint,
        });
      }
      const bodyLength = kind === "file" ? padded : 0;
      if (kind !== "file" && size !== 0 && !lenient) refuseMember(`is a ${kind} with data`);
      if (parsed === undefined || !wanted(parsed.path)) {
        await source.skip(bodyLength);
        continue;
      }
      const head = { path: parsed.path, kind, mode, mtime: Number.isFinite(mtime) ? mtime : 0, target };
      yield { head, size: kind === "file" ? size : 0, source };
    }
  } finally {
    await source.close();
  }
}

function paddedSize(size: number): number {
  return Math.ceil(size / block) * block;
}

const refusedTypes: Readonly<Record<string, string>> = {
  "3": "is a character device",
  "4": "is a block device",
  "6": "is a pipe",
  S: "is a sparse file, which is not read",
};

/** Before ustar, folders were marked only by a slash after the name. "Contiguous" files (7) are files. */
function kindOf(type: string, name: string): TarMember["kind"] | undefined {
  if (type === "\0" && name.endsWith("/")) return "directory";
  if (type === "0" || type === "\0" || type === "7") return "file";
  return ({ "1": "hardlink", "2": "symlink", "5": "directory" } as const)[type as "1"];
}

type ByteSource = ReturnType<typeof byteSource>;

function byteSource(chunks: AsyncIterable<Uint8Array>, cutOff: () => never) {
  const iterator = chunks[Symbol.asyncIterator]();
  let waiting: Uint8Array[] = [];
  let length = 0;
  const fill = async (wanted: number): Promise<boolean> => {
    while (length < wanted) {
      const next = await iterator.next();
      if (next.done) return false;
      waiting.push(next.value);
      length += next.value.length;
    }
    return true;
  };
  const cut = (count: number): Buffer => {
    const all = waiting.length === 1 ? (waiting[0] as Uint8Array) : Buffer.concat(waiting);
    waiting = [all.subarray(count)];
    length = all.length - count;
    return Buffer.from(all.buffer, all.byteOffset, count);
  };
  return {
    /**
     * Returns a header, or undefined at the end. With `ragged`, an incomplete block of zeros is an end, too.
     */
    async block(ragged: boolean): Promise<Buffer | undefined> {
      if (await fill(block)) return cut(block);
      if (length === 0 || (ragged && cut(length).every((byte) => byte === 0))) return undefined;
      return cutOff();
    },
    /** Returns exactly `count` bytes. */
    async take(count: number): Promise<Buffer> {
      return (await fill(count)) ? cut(count) : cutOff();
    },
    /** Returns between 1 and `count` bytes. */
    async takeUpTo(count: number): Promise<Buffer> {
      if (length === 0 && !(await fill(1))) cutOff();
      return cut(Math.min(count, length));
    },
    async skip(count: number): Promise<void> {
      let left = count;
      while (left > 0) {
        if (length === 0 && !(await fill(1))) cutOff();
        const step = Math.min(left, length);
        cut(step);
        left -= step;
      }
    },
    /** Reads the rest: the content is ignored, but compressed data have their checksum at the end. */
    async drain(): Promise<void> {
      while (!(await iterator.next()).done);
    },
    /** Closes the source of the bytes, wherever reading ended. */
    async close(): Promise<void> {
      await iterator.return?.();
    },
  };
}

/** Returns whether a header's checksum is correct. Old tools added the bytes as signed numbers. */
function checksumFits(header: Buffer): boolean {
  let sum = 0;
  let high = 0;
  // A loop by index: an iterator over 512 bytes per member would take most of the reading time.
  for (let index = 0; index < block; index++) {
    const counted = index >= 148 && index < 156 ? 32 : (header[index] as number);
    sum += counted;
    if (counted > 127) high += 1;
  }
  const checksum = numberAt(header, 148, 8);
  return sum === checksum || sum - 256 * high === checksum;
}

/** Reads a number in octal digits, or in binary if it is too large for them (GNU). */
function numberAt(header: Buffer, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(at + length - 8));
  const text = textAt(header, at, length).trim();
  return text === "" ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

function textAt(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString("utf8");
}

function ustarName(header: Buffer): string {
  const prefix = header.toString("latin1", 257, 263) === "ustar\0" ? textAt(header, 345, 155) : "";
  const name = textAt(header, 0, 100);
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Parses pax records such as `27 path=a/long/name\n`. The number is the length of the whole record. */
function paxOf(text: string): Announced {
  const bytes = Buffer.from(text);
  const found: Announced = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = bytes.toString("latin1", at, Math.max(at, space));
    const length = /^\d{1,7}$/.test(digits) ? Number(digits) : 0;
    // A record shorter than its own prefix would make this loop endless.
    if (length <= digits.length + 1) break;
    const record = bytes.toString("utf8", space + 1, at + length - 1);
    const [key, value] = [record.slice(0, record.indexOf("=")), record.slice(record.indexOf("=") + 1)];
    if (key === "path") found.path = value;
    if (key === "linkpath") found.target = value;
    if (key === "size") found.size = Number(value);
    if (key === "mtime") found.mtime = Number(value);
    if (key.startsWith("GNU.sparse.")) found.sparse = true;
    at += length;
  }
  return found;
}
