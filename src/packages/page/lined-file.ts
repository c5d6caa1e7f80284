import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fingerprintOf } from "../../system/fingerprint.ts";

/** What nearly all that is looked at lies within: the newest release of a page, behind its head. */
const beginning = 8 << 10;
/** Read into and copied from at once: memory that nobody has touched yet costs more than the reading. */
let scratch: Buffer = Buffer.allocUnsafeSlow(beginning);

/**
 * A text file by its lines, of which no more is read than is asked for. Measured with a hundred pages of 6 MB: reading them
 * whole takes three times as long, and what the collector then has to do twice as long again.
 */
export class LinedFile {
  readonly size: number;
  /** Files are replaced, never changed: a new one is another. */
  readonly fingerprint: string;
  private readonly path: string;
  /** The bytes so far, each as one character. */
  private bytes: string;
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
      this.bytes = scratch.toString("latin1", 0, readSync(file, scratch, 0, beginning, 0));
    } finally {
      closeSync(file);
    }
  }

  /** The line of that number, counted from 0, and where it ends; undefined beyond the last line break, and where the file is gone or another by now. */
  line(number: number): { readonly text: string; readonly end: number } | undefined {
    while (this.ends.length <= number) {
      const end = this.bytes.indexOf("\n", this.start(this.ends.length));
      if (end >= 0) this.ends.push(end);
      else if (!this.readOn()) return undefined;
    }
    const end = this.ends[number] ?? 0;
    const line = this.bytes.slice(this.start(number), end);
    return { text: beyondAscii.test(line) ? Buffer.from(line, "latin1").toString("utf8") : line, end };
  }

  private start(number: number): number {
    return number === 0 ? 0 : (this.ends[number - 1] ?? 0) + 1;
  }

  private readOn(): boolean {
    let file: number;
    try {
      file = openSync(this.path, "r");
    } catch {
      return false;
    }
    try {
      if (fingerprintOf(fstatSync(file)) !== this.fingerprint) return false;
      const wanted = Math.max(this.bytes.length, 8 * beginning);
      if (scratch.length < wanted) scratch = Buffer.allocUnsafeSlow(wanted);
      const count = readSync(file, scratch, 0, wanted, this.bytes.length);
      this.bytes += scratch.toString("latin1", 0, count);
      return count > 0;
    } finally {
      closeSync(file);
    }
  }
}

// oxlint-disable-next-line no-control-regex -- what isn't ASCII
const beyondAscii = /[^\u0000-\u007f]/;
