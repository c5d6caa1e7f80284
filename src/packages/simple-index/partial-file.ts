import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fingerprintOf } from "../../system/fs/index.ts";
import { utf8Of } from "./latin1-text.ts";

/**
 * The number of bytes to read at first. This usually covers the head of a page and its newest release, which
 * are nearly all that is used.
 */
const beginning = 8 << 10;
/** Opening a file takes as long as reading 50 KB of it. */
const mostRanges = 4;
/**
 * A reused buffer, copied from right after reading. Memory that was never touched before costs more than the
 * read itself.
 */
let scratch: Buffer = Buffer.allocUnsafeSlow(beginning);

/**
 * A text file that is read only in the requested parts: lines, and ranges of bytes. Measured with a hundred
 * pages of 6 MB: reading them whole takes three times as long, and doubles the garbage collector's work after
 * that.
 */
export class PartialFile {
  readonly size: number;
  /** Cache files are replaced, never changed, so a different fingerprint means a different file. */
  readonly fingerprint: string;
  private readonly path: string;
  /** False if the file ends with a NUL byte: after a power cut, a file may have its size but not its content. */
  readonly isWhole: boolean;
  /** The bytes that were read so far, one character per byte. */
  private text: string;
  /** The number of ranges that were read alone. */
  private ranges = 0;
  /** The offsets of the ends of the lines that were read so far. */
  private readonly ends: number[] = [];

  /** Throws if the file does not exist. */
  constructor(path: string) {
    this.path = path;
    const file = openSync(path, "r");
    try {
      const stat = fstatSync(file);
      this.size = stat.size;
      this.fingerprint = fingerprintOf(stat);
      this.text = scratch.toString("latin1", 0, readSync(file, scratch, 0, beginning, 0));
      this.isWhole = this.lastByte(file) !== 0;
    } finally {
      closeSync(file);
    }
  }

  /**
   * Returns a line, counted from 0, and the offset of its end. Returns undefined beyond the last line break,
   * and if the file was removed or replaced.
   */
  line(number: number): { readonly text: string; readonly end: number } | undefined {
    while (this.ends.length <= number) {
      const end = this.text.indexOf("\n", this.start(this.ends.length));
      if (end >= 0) this.ends.push(end);
      else if (!this.readOn()) return undefined;
    }
    const end = this.ends[number] ?? 0;
    return { text: utf8Of(this.text.slice(this.start(number), end)), end };
  }

  /** Returns a range of bytes, one character per byte, or undefined if the file was removed or replaced. */
  slice(from: number, to: number): string | undefined {
    // A few ranges are read alone. If there are more of them, all before the last one are read, too.
    if (to > this.text.length && this.ranges >= mostRanges) while (to > this.text.length && this.readOn());
    if (to <= this.text.length) return this.text.slice(from, to);
    this.ranges += 1;
    return this.read(from, to - from)?.toString("latin1");
  }

  /** Returns all bytes from an offset, or undefined if the file was removed or replaced. */
  bytesFrom(from: number): Uint8Array | undefined {
    const bytes = this.read(from, this.size - from);
    return bytes && Uint8Array.from(bytes);
  }

  private lastByte(file: number): number | undefined {
    if (this.size <= this.text.length) return this.text.charCodeAt(this.size - 1);
    return readSync(file, scratch, 0, 1, this.size - 1) === 1 ? scratch[0] : 0;
  }

  private start(number: number): number {
    return number === 0 ? 0 : (this.ends[number - 1] ?? 0) + 1;
  }

  private readOn(): boolean {
    const more = this.read(this.text.length, Math.max(this.text.length, 8 * beginning));
    this.text += more?.toString("latin1") ?? "";
    return more !== undefined && more.length > 0;
  }

  /** Returns a view of the shared buffer, which is valid until the next call. */
  private read(from: number, length: number): Buffer | undefined {
    let file: number;
    try {
      file = openSync(this.path, "r");
    } catch {
      return undefined;
    }
    try {
      if (fingerprintOf(fstatSync(file)) !== this.fingerprint) return undefined;
      if (scratch.length < length) scratch = Buffer.allocUnsafeSlow(length);
      return scratch.subarray(0, readSync(file, scratch, 0, length, from));
    } finally {
      closeSync(file);
    }
  }
}
