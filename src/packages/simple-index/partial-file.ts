import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fingerprintOf } from "../../system/fs/index.ts";
import { utf8Of } from "./latin1-text.ts";

/** What nearly all that is looked at lies within: the newest release of a page, behind its head. */
const beginning = 8 << 10;
/** Read into and copied from at once: memory that nobody has touched yet costs more than the reading. */
let scratch: Buffer = Buffer.allocUnsafeSlow(beginning);

/**
 * A text file of which no more is read than is asked for: by its lines, and by places. Measured with a hundred pages of 6 MB: reading them
 * whole takes three times as long, and what the collector then has to do twice as long again.
 */
export class PartialFile {
  readonly size: number;
  /** Files are replaced, never changed: a new one is another. */
  readonly fingerprint: string;
  private readonly path: string;
  /** The bytes so far, each as one character. */
  private text: string;
  /** Where the lines known so far end. */
  private readonly ends: number[] = [];

  /** Throws where there is no such file. */
  constructor(path: string) {
    this.path = path;
    const file = openSync(path, "r");
    try {
      const stat = fstatSync(file);
      this.size = stat.size;
      this.fingerprint = fingerprintOf(stat);
      this.text = scratch.toString("latin1", 0, readSync(file, scratch, 0, beginning, 0));
    } finally {
      closeSync(file);
    }
  }

  /** The line of that number, counted from 0, and where it ends; undefined beyond the last line break, and where the file is gone or another by now. */
  line(number: number): { readonly text: string; readonly end: number } | undefined {
    while (this.ends.length <= number) {
      const end = this.text.indexOf("\n", this.start(this.ends.length));
      if (end >= 0) this.ends.push(end);
      else if (!this.readOn()) return undefined;
    }
    const end = this.ends[number] ?? 0;
    return { text: utf8Of(this.text.slice(this.start(number), end)), end };
  }

  /** Some of its bytes, each as one character; undefined where the file is gone or another by now. */
  slice(from: number, to: number): string | undefined {
    if (to <= this.text.length) return this.text.slice(from, to);
    return this.read(from, to - from)?.toString("latin1");
  }

  /** Its bytes from there on; undefined where the file is gone or another by now. */
  bytesFrom(from: number): Uint8Array | undefined {
    const bytes = this.read(from, this.size - from);
    return bytes && Uint8Array.from(bytes);
  }

  private start(number: number): number {
    return number === 0 ? 0 : (this.ends[number - 1] ?? 0) + 1;
  }

  private readOn(): boolean {
    const more = this.read(this.text.length, Math.max(this.text.length, 8 * beginning));
    this.text += more?.toString("latin1") ?? "";
    return more !== undefined && more.length > 0;
  }

  /** Good until the next call. */
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
