import { dynamicTag, segmentType } from "./elf-format.ts";
import { type DynamicEntry, ElfImage, isElf, type Segment } from "./elf-image.ts";

/** The properties of a dynamically linked program or library. */
export interface Elf {
  /** `e_machine`: 62 is x86_64, 183 AArch64. */
  readonly machine: number;
  readonly bits: 32 | 64;
  /** Whether it is a program. Otherwise it is a library. */
  readonly isProgram: boolean;
  /** The path of the program's loader. */
  readonly interpreter?: string;
  readonly soname?: string;
  /** The names of the libraries that it needs, as written. */
  readonly needed: readonly string[];
  /**
   * The folders that are searched for these libraries, separated by colons: DT_RUNPATH, otherwise DT_RPATH.
   */
  readonly runPath?: string;
  /** The symbol versions that it needs (`GLIBC_2.34`), by library. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads an ELF file. Returns undefined if it is broken or not ELF. Static programs and object files need no
 * libraries.
 */
export function readElf(bytes: Uint8Array): Elf | undefined {
  if (!isElf(bytes)) return undefined;
  try {
    return described(new ElfImage(bytes));
  } catch (error) {
    // An offset points outside of the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function described(image: ElfImage): Elf {
  const segments = image.segments();
  const dynamic = image.dynamic(segments);
  const strings = stringsOffset(image, segments, dynamic);
  const texts = (tag: number) =>
    dynamic.filter((entry) => entry.tag === tag).map(({ value }) => image.text(strings + value));
  const [soname] = texts(dynamicTag.soname);
  const [runPath] = [...texts(dynamicTag.runpath), ...texts(dynamicTag.rpath)];
  const loader = segments.find(({ type }) => type === segmentType.interpreter);
  return {
    machine: image.machine,
    bits: image.layout.word === 8 ? 64 : 32,
    isProgram: image.type === 2 || loader !== undefined,
    ...(loader === undefined ? {} : { interpreter: image.text(loader.offset) }),
    ...(soname === undefined ? {} : { soname }),
    needed: texts(dynamicTag.needed),
    ...(runPath === undefined ? {} : { runPath }),
    versions: new Map(
      versionNeeds(image, segments, dynamic).map(({ file, names }) => [
        image.text(strings + file.value),
        names.map(({ name }) => image.text(strings + name)),
      ]),
    ),
  };
}

/**
 * Returns the file offset of the strings of the dynamic table (`.dynstr`), or 0 if there is no dynamic table.
 */
export function stringsOffset(
  image: ElfImage,
  segments: readonly Segment[],
  dynamic: readonly DynamicEntry[],
): number {
  const entry = dynamic.find(({ tag }) => tag === dynamicTag.strings);
  return entry === undefined ? 0 : (image.fileOffset(segments, entry.value) ?? image.bytes.length);
}

/**
 * A row of `.gnu.version_r`. `file.value` and `name` are offsets into the strings; `file.at` is the file offset of
 * `file.value`.
 */
interface VersionNeed {
  readonly file: { readonly value: number; readonly at: number };
  /** `index` is the number of the version in `.gnu.version`. */
  readonly names: readonly { readonly name: number; readonly index: number }[];
}

export function versionNeeds(
  image: ElfImage,
  segments: readonly Segment[],
  dynamic: readonly DynamicEntry[],
): VersionNeed[] {
  const valueOf = (wanted: number) => dynamic.find(({ tag }) => tag === wanted)?.value;
  const address = valueOf(dynamicTag.versionNeeds);
  if (address === undefined) return [];
  const needs: VersionNeed[] = [];
  let at = image.fileOffset(segments, address) ?? image.bytes.length;
  // Elf_Verneed: u16 version, u16 count, u32 file, u32 first name, u32 next.
  // Elf_Vernaux: 6 bytes, u16 index, u32 name, u32 next.
  for (let left = valueOf(dynamicTag.versionNeedsCount) ?? 0; left > 0; left--) {
    const names: { name: number; index: number }[] = [];
    let name = at + image.number(at + 8, 4);
    for (let more = image.number(at + 2, 2); more > 0; more--) {
      names.push({ name: image.number(name + 8, 4), index: image.number(name + 6, 2) & 0x7fff });
      name += image.number(name + 12, 4);
    }
    needs.push({ file: { value: image.number(at + 4, 4), at: at + 4 }, names });
    const next = image.number(at + 12, 4);
    if (next === 0) break;
    at += next;
  }
  return needs;
}
