import { dynamicTag, sectionType } from "./elf-format.ts";
import { ElfImage, isElf } from "./elf-image.ts";
import { stringsOffset, versionNeeds } from "./read-elf.ts";

/** A symbol that a program or library needs from others. */
export interface RequiredSymbol {
  readonly name: string;
  /** The version (`GLIBC_2.34`) and the library that must have it; both absent if any version works. */
  readonly version?: string;
  readonly library?: string;
}

/** What a symbol table's versions are masked with; the bit above says that it is hidden. */
const versionMask = 0x7fff;

/**
 * Returns the symbols that an ELF file needs but does not define. Returns none if the file is broken or not
 * ELF.
 */
export function requiredSymbols(bytes: Uint8Array): readonly RequiredSymbol[] {
  if (!isElf(bytes)) return [];
  try {
    return symbolsOf(new ElfImage(bytes));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function symbolsOf(image: ElfImage): readonly RequiredSymbol[] {
  const segments = image.segments();
  const dynamic = image.dynamic(segments);
  const placeOf = (tag: number): number | undefined => {
    const address = dynamic.find((entry) => entry.tag === tag)?.value;
    return address === undefined ? undefined : image.fileOffset(segments, address);
  };
  const [table, versions] = [placeOf(dynamicTag.symbols), placeOf(dynamicTag.symbolVersions)];
  if (table === undefined) return [];
  const strings = stringsOffset(image, segments, dynamic);
  const needs = new Map<number, { readonly version: string; readonly library: string }>();
  for (const { file, names } of versionNeeds(image, segments, dynamic)) {
    const library = image.text(strings + file.value);
    for (const { index, name } of names) needs.set(index, { version: image.text(strings + name), library });
  }
  const { word, symbolSize } = image.layout;
  const found: RequiredSymbol[] = [];
  const count = symbolCount(image, placeOf);
  for (let index = 1; index < count; index++) {
    const at = table + index * symbolSize;
    // st_shndx: 0 is what the file has not itself.
    if (image.number(at + (word === 8 ? 6 : 14), 2) !== 0) continue;
    const need =
      versions === undefined ? undefined : needs.get(image.number(versions + index * 2, 2) & versionMask);
    found.push({ name: image.text(strings + image.number(at, 4)), ...need });
  }
  return found;
}

/** The sections say it, else the tables by which symbols are found: in the newer of them the wanted ones come first. */
function symbolCount(image: ElfImage, placeOf: (tag: number) => number | undefined): number {
  const section = image.sections().find(({ type }) => type === sectionType.dynamicSymbols);
  if (section !== undefined) return Math.floor(section.size / image.layout.symbolSize);
  const hash = placeOf(dynamicTag.hash);
  if (hash !== undefined) return image.number(hash + 4, 4);
  const newer = placeOf(dynamicTag.gnuHash);
  return newer === undefined ? 0 : image.number(newer + 4, 4);
}
