import type { ElfChange, ElfParts } from "./elf-change.ts";
import { dynamicTag, sectionType } from "./elf-format.ts";
import type { DynamicEntry, ElfImage } from "./elf-image.ts";

/**
 * Overwrites a run path with a new one that is not longer, and returns whether it did. It overwrites only run paths,
 * because other strings may be shared.
 */
export function overwriteRunPath(
  { image, dynamic, strings }: ElfParts,
  { tag, text, entry }: ElfChange,
): boolean {
  if (entry === undefined || (tag !== dynamicTag.runpath && tag !== dynamicTag.rpath)) return false;
  const start = strings + entry.value;
  const room = image.text(start).length;
  if (text.length > room || isShared(image, dynamic, entry, room)) return false;
  image.bytes.set(Buffer.from(text.padEnd(room, "\0"), "latin1"), start);
  return true;
}

/**
 * Erases the old run path after a new one was added: it may contain folders of the machine that built the
 * file.
 */
export function forgetRunPath({ image, dynamic, strings }: ElfParts, { tag, entry }: ElfChange): void {
  if (entry === undefined || (tag !== dynamicTag.runpath && tag !== dynamicTag.rpath)) return;
  const start = strings + entry.value;
  const room = image.text(start).length;
  if (!isShared(image, dynamic, entry, room)) image.bytes.fill(0, start, start + room);
}

/**
 * Returns whether another string begins within this one: linkers share the ends of strings that end alike.
 */
function isShared(
  image: ElfImage,
  dynamic: readonly DynamicEntry[],
  { value, at: own }: DynamicEntry,
  room: number,
): boolean {
  const isWithin = (offset: number) => offset >= value && offset <= value + room;
  const texts: readonly number[] = [
    dynamicTag.needed,
    dynamicTag.soname,
    dynamicTag.rpath,
    dynamicTag.runpath,
  ];
  if (dynamic.some((entry) => entry.at !== own && texts.includes(entry.tag) && isWithin(entry.value))) {
    return true;
  }
  const symbols = image.sections().find(({ type }) => type === sectionType.dynamicSymbols);
  if (symbols === undefined) return true;
  for (let at = symbols.offset; at < symbols.offset + symbols.size; at += image.layout.symbolSize) {
    // The name is the first field in 32 and 64 bits. The loader does not look up the empty name.
    const name = image.number(at, 4);
    if (name !== 0 && isWithin(name)) return true;
  }
  return false;
}
