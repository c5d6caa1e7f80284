import { roundUp } from "../../../../src/system/binaries/elf/strip-elf.ts";

/** A small shared library with the layout that a linker makes. It is never loaded. */
export interface MadeElf {
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly runPath?: string;
  /** Write DT_RPATH instead of DT_RUNPATH. */
  readonly old?: true;
  /** The symbol versions that it needs, by library. */
  readonly versions?: Readonly<Record<string, readonly string[]>>;
  readonly bits?: 32 | 64;
  readonly bigEndian?: true;
  readonly machine?: number;
  /** The path of the loader. It makes the file a program. */
  readonly interpreter?: string;
  /**
   * The names of symbols, as `name`, `name@VERSION` or `name@VERSION@LIBRARY`. Without a library, it is the first that
   * has the version. A name that is the end of another string is shared with it.
   */
  readonly symbols?: readonly string[];
  /** The number of empty entries at the end of the dynamic table. */
  readonly spare?: number;
  /** The content of a section that is not loaded. */
  readonly debug?: string;
  /** The content of the data section. */
  readonly data?: string;
}

/** Makes an ELF file: one segment, loaded at 0x10000, which contains a dynamic table; and matching sections. */
export function makeElf(made: MadeElf): Uint8Array {
  const { needed = [], versions = {}, bits = 64, spare = 1, machine = 62, debug = "" } = made;
  const wide = bits === 64;
  const word = wide ? 8 : 4;
  const little = made.bigEndian !== true;
  const base = 0x10000;
  const strings = new Map<string, number>();
  let table = "\0";
  const sandbox = (text: string): number => {
    const known = strings.get(text) ?? (text === "" ? 0 : table.indexOf(`${text}\0`));
    if (known >= 0) return known;
    strings.set(text, table.length);
    table += `${text}\0`;
    return table.length - text.length - 1;
  };
  const dynamic: [number, number][] = needed.map((name) => [1, sandbox(name)]);
  if (made.soname !== undefined) dynamic.push([14, sandbox(made.soname)]);
  if (made.runPath !== undefined) dynamic.push([made.old ? 15 : 29, sandbox(made.runPath)]);
  const written = ["", ...(made.symbols ?? [])].map((symbol) => symbol.split("@"));
  const symbols = written.map(([name = ""]) => sandbox(name));
  const needs = Object.entries(versions).map(([file, names]) => [sandbox(file), names.map(sandbox)] as const);
  const known = Object.entries(versions).flatMap(([file, names]) =>
    names.map((name) => [name, file] as const),
  );
  const indexes = written.map(([, version, library]) =>
    version === undefined
      ? 1
      : known.findIndex(([name, file]) => name === version && (library ?? file) === file) + 2,
  );
  const hasVersions = indexes.some((index) => index > 1);

  const headerSize = wide ? 64 : 52;
  const segmentSize = wide ? 56 : 32;
  const sectionSize = wide ? 64 : 40;
  const symbolSize = wide ? 24 : 16;
  const loader = made.interpreter === undefined ? "" : `${made.interpreter}\0`;
  const segmentCount = loader === "" ? 2 : 3;
  const loaderAt = headerSize + segmentCount * segmentSize;
  const stringsAt = loaderAt + loader.length;
  const symbolsAt = roundUp(stringsAt + table.length, 8);
  const needsAt = symbolsAt + symbols.length * symbolSize;
  const needsSize = needs.reduce((sum, [, names]) => sum + 16 + 16 * names.length, 0);
  const versionsAt = needsAt + needsSize;
  const dynamicAt = roundUp(versionsAt + (hasVersions ? indexes.length * 2 : 0), 8);
  if (hasVersions) dynamic.push([6, base + symbolsAt], [0x6ffffff0, base + versionsAt]);
  if (needs.length > 0) dynamic.push([0x6ffffffe, base + needsAt], [0x6fffffff, needs.length]);
  dynamic.push([5, base + stringsAt], [10, table.length]);
  const dynamicSize = (dynamic.length + spare) * 2 * word;
  const dataAt = dynamicAt + dynamicSize;
  const data = made.data ?? "";
  const debugAt = dataAt + data.length;
  const labels = "\0.dynstr\0.dynsym\0.dynamic\0.data\0.debug\0.shstrtab\0";
  const labelsAt = debugAt + debug.length;
  const sectionsAt = roundUp(labelsAt + labels.length, 8);
  const sections: number[][] = [
    // name, type, flags, address, offset, size, link, info, align, entry size
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [labels.indexOf(".dynstr"), 3, 2, base + stringsAt, stringsAt, table.length, 0, 0, 1, 0],
    [
      labels.indexOf(".dynsym"),
      11,
      2,
      base + symbolsAt,
      symbolsAt,
      symbols.length * symbolSize,
      1,
      1,
      8,
      symbolSize,
    ],
    [labels.indexOf(".dynamic"), 6, 3, base + dynamicAt, dynamicAt, dynamicSize, 1, 0, 8, 2 * word],
    [labels.indexOf(".data"), 1, 3, base + dataAt, dataAt, data.length, 0, 0, 1, 0],
    [labels.indexOf(".debug"), 1, 0, 0, debugAt, debug.length, 0, 0, 1, 0],
    [labels.indexOf(".shstrtab"), 3, 0, 0, labelsAt, labels.length, 0, 0, 1, 0],
  ];

  const bytes = Buffer.alloc(sectionsAt + sections.length * sectionSize);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const put = (size: number, ...values: number[]) => {
    for (const value of values) {
      if (size === 1) view.setUint8(at, value);
      else if (size === 2) view.setUint16(at, value, little);
      else if (size === 4) view.setUint32(at, value, little);
      else view.setBigUint64(at, BigInt(value), little);
      at += size;
    }
  };
  put(1, 0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1);
  at = 16;
  put(2, 3, machine);
  put(4, 1);
  put(word, 0, headerSize, sectionsAt);
  put(4, 0);
  put(2, headerSize, segmentSize, segmentCount, sectionSize, sections.length, sections.length - 1);
  const segment = (type: number, offset: number, size: number) => {
    if (wide) put(4, type, 6);
    else put(4, type);
    put(word, offset, base + offset, base + offset, size, size);
    if (wide) put(8, 8);
    else put(4, 6, 8);
  };
  at = headerSize;
  segment(1, 0, debugAt);
  segment(2, dynamicAt, dynamicSize);
  if (loader !== "") segment(3, loaderAt, loader.length);
  bytes.write(loader, loaderAt, "latin1");
  bytes.write(table, stringsAt, "latin1");
  for (const [index, name] of symbols.entries()) {
    at = symbolsAt + index * symbolSize;
    put(4, name);
  }
  at = versionsAt;
  if (hasVersions) put(2, ...indexes);
  at = needsAt;
  let number = 2;
  for (const [index, [file, names]] of needs.entries()) {
    put(2, 1, names.length);
    put(4, file, 16, index === needs.length - 1 ? 0 : 16 + 16 * names.length);
    for (const [which, name] of names.entries()) {
      put(4, 0);
      put(2, 0, number++);
      put(4, name, which === names.length - 1 ? 0 : 16);
    }
  }
  at = dynamicAt;
  for (const [tag, value] of dynamic) put(word, tag, value);
  bytes.write(data, dataAt, "latin1");
  bytes.write(debug, debugAt, "latin1");
  bytes.write(labels, labelsAt, "latin1");
  at = sectionsAt;
  for (const [
    name = 0,
    type = 0,
    flags = 0,
    address = 0,
    offset = 0,
    size = 0,
    link = 0,
    info = 0,
    align = 0,
    each = 0,
  ] of sections) {
    put(4, name, type);
    put(word, flags, address, offset, size);
    put(4, link, info);
    put(word, align, each);
  }
  return Uint8Array.from(bytes);
}
