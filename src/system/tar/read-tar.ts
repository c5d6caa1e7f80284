import { PosyError } from "../../errors/posy-error.ts";
import { parseMemberName } from "../zip/member-name.ts";

/** A member of a tar archive. `target` is what a link says, as it is written. */
export interface TarMember {
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink" | "hardlink";
  /** Unix permissions. */
  readonly mode: number;
  readonly target: string;
  readonly data: Uint8Array;
}

const block = 512;
/** More than any file of a Python distribution has. */
const largestFile = 2 ** 30;

/**
 * Reads a tar archive (ustar, with the long names of pax and GNU) piece by piece. Strict: checksums are held against
 * headers, names that leave the root and everything but files, folders and links are refused. Members for which
 * `wanted` says no are passed over. Throws `invalid-archive`.
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  label: string,
  wanted: (path: string) => boolean = () => true,
): AsyncGenerator<TarMember> {
  const refuse = (why: string): never => {
    throw new PosyError("invalid-archive", `\`${label}\` is not a tar archive that can be trusted: ${why}`, {
      hint: "download it again; if it stays so, tell those who made it",
    });
  };
  const source = byteSource(chunks, () => refuse("it is cut off"));
  let long: { path?: string; target?: string; size?: number } = {};
  for (;;) {
    const header = await source.take(block);
    if (header === undefined) throw refuse("it has no end");
    if (header.every((byte) => byte === 0)) return;
    if (!checksumFits(header)) refuse("a header's checksum is wrong");
    const type = String.fromCharCode(header[156] ?? 0);
    const size = long.size ?? numberAt(header, 124, 12);
    if (!Number.isSafeInteger(size) || size < 0 || size > largestFile) refuse("a member has no honest size");
    const padded = Math.ceil(size / block) * block;
    if (type === "x" || type === "L" || type === "K") {
      if (size > 2 ** 20) refuse("a member has too long a name");
      const text = ((await source.take(padded)) as Buffer).subarray(0, size).toString("utf8");
      if (type === "x") long = { ...long, ...paxOf(text) };
      else long = { ...long, [type === "L" ? "path" : "target"]: text.replace(/\0.*$/s, "") };
      continue;
    }
    if (type === "g") {
      await source.skip(padded);
      continue;
    }
    const kind = kindOf(type) ?? refuse("a member is neither file, folder nor link");
    const name = long.path ?? ustarName(header);
    const target = long.target ?? textAt(header, 157, 100);
    const mode = numberAt(header, 100, 8) & 0o7777;
    long = {};
    const parsed = name === "./" || name === "." ? undefined : parseMemberName(name, "safe");
    if (parsed !== undefined && "refused" in parsed)
      throw refuse(`its member ${JSON.stringify(name)} ${parsed.refused}`);
    const bodyLength = kind === "file" ? padded : 0;
    if (kind !== "file" && size !== 0) refuse(`its member ${JSON.stringify(name)} is a ${kind} with data`);
    if (parsed === undefined || !wanted(parsed.path)) {
      await source.skip(bodyLength);
      continue;
    }
    const body = bodyLength === 0 ? Buffer.alloc(0) : ((await source.take(bodyLength)) as Buffer);
    yield { path: parsed.path, kind, mode, target, data: body.subarray(0, size) };
  }
}

function kindOf(type: string): TarMember["kind"] | undefined {
  if (type === "0" || type === "\0") return "file";
  return ({ "1": "hardlink", "2": "symlink", "5": "directory" } as const)[type as "1"];
}

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
    /** Exactly so many bytes; undefined where the end was reached before the first. */
    async take(count: number): Promise<Buffer | undefined> {
      if (await fill(count)) return cut(count);
      return length === 0 && count === block ? undefined : cutOff();
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
  };
}

function checksumFits(header: Buffer): boolean {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 32 : byte;
  return sum === numberAt(header, 148, 8);
}

/** Octal digits; a size beyond them is in binary (GNU). */
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

/** `27 path=a/long/name\n`, the length of the whole record in front. */
function paxOf(text: string): { path?: string; target?: string; size?: number } {
  const bytes = Buffer.from(text);
  const found: { path?: string; target?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString("latin1", at, space));
    if (!(length > 0) || space < 0) break;
    const record = bytes.toString("utf8", space + 1, at + length - 1);
    const [key, value] = [record.slice(0, record.indexOf("=")), record.slice(record.indexOf("=") + 1)];
    if (key === "path") found.path = value;
    if (key === "linkpath") found.target = value;
    if (key === "size") found.size = Number(value);
    at += length;
  }
  return found;
}
