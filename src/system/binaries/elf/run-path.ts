import type { ElfChange, ElfParts } from "./elf-change.ts";
import { dynamicTag, sectionType } from "./elf-format.ts";
import type { DynamicEntry, ElfImage } from "./elf-image.ts";

/**
 * Overwrites a text if the new one fits. Only run paths, because nothing else points into them. Returns
 * whether it did.
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

/** Erases a run path that moves to the new segment: it names folders of the machine that built the file. */
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
    // Both widths have the name first; the empty name is not looked up.
    const name = image.number(at, 4);
    if (name !== 0 && isWithin(name)) return true;
  }
  return false;
}
