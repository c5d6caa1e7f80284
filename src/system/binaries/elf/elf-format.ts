/**
 * Numbers of the ELF format (System V gABI, chapters 4 and 5, and GNU's additions), as far as Posy reads
 * them.
 */

export const segmentType = { load: 1, dynamic: 2, interpreter: 3, headers: 6 } as const;

export const segmentFlag = { write: 2, read: 4 } as const;

export const sectionType = { strings: 3, dynamic: 6, noBits: 8, dynamicSymbols: 11 } as const;

export const sectionFlag = { allocated: 2 } as const;

export const dynamicTag = {
  end: 0,
  needed: 1,
  hash: 4,
  strings: 5,
  symbols: 6,
  stringsSize: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  gnuHash: 0x6ffffef5,
  symbolVersions: 0x6ffffff0,
  versionNeeds: 0x6ffffffe,
  versionNeedsCount: 0x6fffffff,
} as const;

/** The offset of a field in its structure, and its size in bytes. */
type Field = readonly [offset: number, size: number];

export interface ElfLayout {
  /** The number of bytes of an address. */
  readonly word: 4 | 8;
  readonly header: Readonly<
    Record<
      "segmentsAt" | "sectionsAt" | "segmentCount" | "sectionSize" | "sectionCount" | "sectionNames",
      Field
    >
  >;
  readonly segment: Readonly<
    Record<"type" | "flags" | "offset" | "address" | "physical" | "fileSize" | "memorySize" | "align", Field>
  >;
  readonly segmentSize: number;
  readonly section: Readonly<
    Record<
      "name" | "type" | "flags" | "address" | "offset" | "size" | "link" | "info" | "align" | "entrySize",
      Field
    >
  >;
  readonly sectionSize: number;
  readonly symbolSize: number;
}

export const wideLayout: ElfLayout = {
  word: 8,
  header: {
    segmentsAt: [32, 8],
    sectionsAt: [40, 8],
    segmentCount: [56, 2],
    sectionSize: [58, 2],
    sectionCount: [60, 2],
    sectionNames: [62, 2],
  },
  segment: {
    type: [0, 4],
    flags: [4, 4],
    offset: [8, 8],
    address: [16, 8],
    physical: [24, 8],
    fileSize: [32, 8],
    memorySize: [40, 8],
    align: [48, 8],
  },
  segmentSize: 56,
  section: {
    name: [0, 4],
    type: [4, 4],
    flags: [8, 8],
    address: [16, 8],
    offset: [24, 8],
    size: [32, 8],
    link: [40, 4],
    info: [44, 4],
    align: [48, 8],
    entrySize: [56, 8],
  },
  sectionSize: 64,
  symbolSize: 24,
};

export const narrowLayout: ElfLayout = {
  word: 4,
  header: {
    segmentsAt: [28, 4],
    sectionsAt: [32, 4],
    segmentCount: [44, 2],
    sectionSize: [46, 2],
    sectionCount: [48, 2],
    sectionNames: [50, 2],
  },
  segment: {
    type: [0, 4],
    offset: [4, 4],
    address: [8, 4],
    physical: [12, 4],
    fileSize: [16, 4],
    memorySize: [20, 4],
    flags: [24, 4],
    align: [28, 4],
  },
  segmentSize: 32,
  section: {
    name: [0, 4],
    type: [4, 4],
    flags: [8, 4],
    address: [12, 4],
    offset: [16, 4],
    size: [20, 4],
    link: [24, 4],
    info: [28, 4],
    align: [32, 4],
    entrySize: [36, 4],
  },
  sectionSize: 40,
  symbolSize: 16,
};
