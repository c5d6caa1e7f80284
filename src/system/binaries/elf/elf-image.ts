import { dynamicTag, type ElfLayout, narrowLayout, segmentType, wideLayout } from "./elf-format.ts";

/** A program header (`Elf64_Phdr`): a part of the file that is loaded, or a table that the loader reads. */
export type Segment = { -readonly [Name in keyof ElfLayout["segment"]]: number };

/** A section header (`Elf64_Shdr`). Linkers, debuggers and `strip` use sections. */
export type Section = { -readonly [Name in keyof ElfLayout["section"]]: number };

export interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
  /** The file offset of the entry. */
  readonly at: number;
}

/** Returns whether bytes begin with the signature of ELF. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/**
 * The structures of an ELF file, as a view of its bytes: 32 or 64 bits, in either byte order. Reading outside of the
 * file throws a `RangeError`, which `readElf` and `editElf` catch.
 */
export class ElfImage {
  readonly bytes: Uint8Array;
  readonly layout: ElfLayout;
  readonly little: boolean;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.layout = bytes[4] === 2 ? wideLayout : narrowLayout;
    this.little = bytes[5] === 1;
  }

  number(at: number, size: number): number {
    if (size === 2) return this.#view.getUint16(at, this.little);
    if (size === 4) return this.#view.getUint32(at, this.little);
    const wide = this.#view.getBigUint64(at, this.little);
    if (wide > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
    return Number(wide);
  }

  setNumber(at: number, size: number, value: number): void {
    if (size === 2) this.#view.setUint16(at, value, this.little);
    else if (size === 4) this.#view.setUint32(at, value, this.little);
    else this.#view.setBigUint64(at, BigInt(value), this.little);
  }

  header(name: keyof ElfLayout["header"]): number {
    return this.number(...this.layout.header[name]);
  }

  setHeader(name: keyof ElfLayout["header"], value: number): void {
    this.setNumber(...this.layout.header[name], value);
  }

  /** 2 is ET_EXEC; 3 is ET_DYN (libraries and position-independent programs). */
  get type(): number {
    return this.number(16, 2);
  }

  get machine(): number {
    return this.number(18, 2);
  }

  segments(): Segment[] {
    const { segment, segmentSize } = this.layout;
    return this.#table(segment, segmentSize, this.header("segmentsAt"), this.header("segmentCount"));
  }

  sections(): Section[] {
    const { section, sectionSize } = this.layout;
    const at = this.header("sectionsAt");
    if (at === 0 || this.header("sectionSize") !== sectionSize) return [];
    return this.#table(section, sectionSize, at, this.header("sectionCount"));
  }

  writeSegments(at: number, segments: readonly Segment[]): void {
    this.#write(this.layout.segment, this.layout.segmentSize, at, segments);
  }

  writeSections(at: number, sections: readonly Section[]): void {
    this.#write(this.layout.section, this.layout.sectionSize, at, sections);
  }

  /** Returns the entries of the dynamic table, including the end mark. A static program has none. */
  dynamic(segments: readonly Segment[]): DynamicEntry[] {
    const table = segments.find(({ type }) => type === segmentType.dynamic);
    if (table === undefined) return [];
    const { word } = this.layout;
    const entries: DynamicEntry[] = [];
    for (let at = table.offset; at < table.offset + table.fileSize; at += 2 * word) {
      const entry = { tag: this.number(at, word), value: this.number(at + word, word), at };
      entries.push(entry);
      if (entry.tag === dynamicTag.end) break;
    }
    return entries;
  }

  /** Returns the file offset of the byte that is loaded at an address, or undefined if there is none. */
  fileOffset(segments: readonly Segment[], address: number): number | undefined {
    const segment = segments.find(
      ({ type, address: start, fileSize }) =>
        type === segmentType.load && address >= start && address < start + fileSize,
    );
    return segment && address - segment.address + segment.offset;
  }

  /** Returns the C string at a file offset. */
  text(at: number): string {
    const end = this.bytes.indexOf(0, at);
    if (at >= this.bytes.length || end < 0) throw new RangeError("a string without an end");
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, end - at).toString("latin1");
  }

  #table<T extends string>(
    fields: Readonly<Record<T, readonly [number, number]>>,
    size: number,
    at: number,
    count: number,
  ): Record<T, number>[] {
    const names = Object.keys(fields) as T[];
    return Array.from({ length: count }, (_, index) => {
      const start = at + index * size;
      const entries = names.map((name) => [name, this.number(start + fields[name][0], fields[name][1])]);
      return Object.fromEntries(entries) as Record<T, number>;
    });
  }

  #write<T extends string>(
    fields: Readonly<Record<T, readonly [number, number]>>,
    size: number,
    at: number,
    rows: readonly Readonly<Record<T, number>>[],
  ): void {
    for (const [index, row] of rows.entries()) {
      for (const name of Object.keys(fields) as T[]) {
        const [offset, length] = fields[name];
        this.setNumber(at + index * size + offset, length, row[name]);
      }
    }
  }
}
