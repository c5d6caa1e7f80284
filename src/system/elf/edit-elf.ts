import { PosyError } from "../../errors/posy-error.ts";
import { dynamicTag, sectionType, segmentFlag, segmentType } from "./elf-format.ts";
import { type DynamicEntry, ElfImage, isElf, type Segment } from "./elf-image.ts";
import { stringsOffset, versionNeeds } from "./read-elf.ts";
import { roundUp } from "./strip-elf.ts";

export interface ElfEdit {
  /** Where it shall look for the libraries that it needs; "" for nowhere but where the system looks. */
  readonly runPath?: string;
  readonly soname?: string;
  /** Other names for libraries that it needs. */
  readonly needed?: ReadonlyMap<string, string>;
}

/** The largest page of each architecture that has larger ones than 4 KiB: AArch64 and POWER have 64 KiB. */
const pageSize = (machine: number) => (machine === 62 || machine === 3 ? 0x1000 : 0x10000);

/**
 * Changes where a program or library looks for libraries, and by which names. A run path that is no longer than the one
 * before is written over it; otherwise the file gets one more segment at its end, with all strings, the new ones, and the
 * program headers (and the dynamic table where that has no room for another entry), as patchelf does it. Nothing that was
 * there moves. Throws `invalid-archive` for what can't be read as ELF.
 */
export function editElf(bytes: Uint8Array, edit: ElfEdit, label: string): Uint8Array {
  try {
    if (!isElf(bytes)) throw new RangeError("no ELF");
    return edited(new ElfImage(Uint8Array.from(bytes)), edit);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new PosyError("invalid-archive", `\`${label}\` can't be read as an ELF file`, {
      hint: "is it damaged? build or install that Python anew",
      cause,
    });
  }
}

interface Parts {
  readonly image: ElfImage;
  readonly segments: readonly Segment[];
  readonly dynamic: readonly DynamicEntry[];
  /** File offset of `.dynstr`. */
  readonly strings: number;
}

/** A number to be written into the dynamic table or the version needs, once the new strings have their places. */
interface Change {
  readonly text: string;
  /** Entry of the dynamic table, or undefined for a new one. */
  readonly entry?: DynamicEntry;
  /** File offset of a 32-bit number outside of the dynamic table. */
  readonly at?: number;
  readonly tag: number;
}

function edited(image: ElfImage, edit: ElfEdit): Uint8Array {
  const segments = image.segments();
  const dynamic = image.dynamic(segments);
  if (dynamic.length === 0) return image.bytes;
  const parts = { image, segments, dynamic, strings: stringsOffset(image, segments, dynamic) };
  const changes = changesFor(parts, edit);
  if (changes.every((change) => overwritten(parts, change))) return image.bytes;
  for (const change of changes) forgotten(parts, change);
  return appended(parts, changes);
}

function changesFor({ image, segments, dynamic, strings }: Parts, edit: ElfEdit): Change[] {
  const changes: Change[] = [];
  const textOf = ({ value }: { value: number }) => image.text(strings + value);
  const put = (tag: number, text: string, entry?: DynamicEntry) => {
    if (entry !== undefined && textOf(entry) === text) return;
    changes.push({ tag, text, ...(entry === undefined ? {} : { entry }) });
  };
  for (const entry of dynamic) {
    const renamed = entry.tag === dynamicTag.needed ? edit.needed?.get(textOf(entry)) : undefined;
    if (renamed !== undefined) put(dynamicTag.needed, renamed, entry);
  }
  for (const { file } of versionNeeds(image, segments, dynamic)) {
    const renamed = edit.needed?.get(textOf(file));
    if (renamed !== undefined) changes.push({ tag: 0, text: renamed, at: file.at });
  }
  const named = (tag: number) => dynamic.filter((entry) => entry.tag === tag);
  if (edit.soname !== undefined) put(dynamicTag.soname, edit.soname, named(dynamicTag.soname)[0]);
  if (edit.runPath !== undefined) {
    const ways = [...named(dynamicTag.runpath), ...named(dynamicTag.rpath)];
    for (const entry of ways) put(entry.tag, edit.runPath, entry);
    if (ways.length === 0 && edit.runPath !== "") put(dynamicTag.runpath, edit.runPath);
  }
  return changes;
}

/** Writes a text over the one before where it has room there; only run paths, which nothing else points into. */
function overwritten({ image, dynamic, strings }: Parts, { tag, text, entry }: Change): boolean {
  if (entry === undefined || (tag !== dynamicTag.runpath && tag !== dynamicTag.rpath)) return false;
  const start = strings + entry.value;
  const room = image.text(start).length;
  if (text.length > room || isShared(image, dynamic, entry, room)) return false;
  image.bytes.set(Buffer.from(text.padEnd(room, "\0"), "latin1"), start);
  return true;
}

/** Takes out a run path that gets another place: it is of the builder's machine. */
function forgotten({ image, dynamic, strings }: Parts, { tag, entry }: Change): void {
  if (entry === undefined || (tag !== dynamicTag.runpath && tag !== dynamicTag.rpath)) return;
  const start = strings + entry.value;
  const room = image.text(start).length;
  if (!isShared(image, dynamic, entry, room)) image.bytes.fill(0, start, start + room);
}

/** Linkers let a string begin within another that ends alike: whether one begins within this. */
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

function appended({ image, segments, dynamic, strings }: Parts, changes: readonly Change[]): Uint8Array {
  const { word, segmentSize } = image.layout;
  const added = changes.filter(({ entry, at }) => entry === undefined && at === undefined).length;
  const stringsSize = dynamic.find(({ tag }) => tag === dynamicTag.stringsSize)?.value ?? 0;
  const table = segments.find(({ type }) => type === segmentType.dynamic) as Segment;
  // Linkers leave a few empty entries at the end of the dynamic table.
  const moves = (dynamic.length + added) * 2 * word > table.fileSize;

  const text: Uint8Array[] = [image.bytes.subarray(strings, strings + stringsSize)];
  const places = new Map<string, number>();
  let length = stringsSize;
  for (const change of changes) {
    if (places.has(change.text)) continue;
    places.set(change.text, length);
    const encoded = Buffer.from(`${change.text}\0`, "latin1");
    text.push(encoded);
    length += encoded.length;
  }

  const page = pageSize(image.machine);
  const loads = segments.filter(({ type }) => type === segmentType.load);
  const first = loads[0];
  if (first === undefined) throw new RangeError("nothing is loaded");
  // The kernel tells a program where its headers are by their offset: old ones count from the first segment.
  const isProgram = segments.some(({ type }) => type === segmentType.interpreter) || image.type === 2;
  const bias = first.address - first.offset;
  const end = Math.max(...loads.map((load) => load.address + load.memorySize), image.bytes.length + bias);
  const address = roundUp(end, page);
  const offset = isProgram ? address - bias : roundUp(image.bytes.length, page);
  const headersSize = (segments.length + 1) * segmentSize;
  const stringsAt = roundUp(headersSize, 8);
  const dynamicAt = roundUp(stringsAt + length, 16);
  const dynamicSize = (dynamic.length + added + 1) * 2 * word;
  const size = moves ? dynamicAt + dynamicSize : stringsAt + length;

  const result = new Uint8Array(offset + size);
  result.set(image.bytes);
  for (let at = offset + stringsAt, index = 0; index < text.length; index++) {
    result.set(text[index] as Uint8Array, at);
    at += (text[index] as Uint8Array).length;
  }
  const output = new ElfImage(result);

  // The dynamic table, in its place or in the new segment.
  const placeOf = (wanted: string) => places.get(wanted) ?? 0;
  const entries = dynamic.slice(0, -1).map((entry): readonly [number, number] => {
    const change = changes.find((each) => each.entry?.at === entry.at);
    if (change !== undefined) return [entry.tag, placeOf(change.text)];
    if (entry.tag === dynamicTag.strings) return [entry.tag, address + stringsAt];
    return [entry.tag, entry.tag === dynamicTag.stringsSize ? length : entry.value];
  });
  for (const { entry, at, tag, text: wanted } of changes) {
    if (entry === undefined && at === undefined) entries.push([tag, placeOf(wanted)]);
  }
  entries.push([dynamicTag.end, 0]);
  const tableAt = moves ? offset + dynamicAt : table.offset;
  for (const [index, [tag, value]] of entries.entries()) {
    output.setNumber(tableAt + index * 2 * word, word, tag);
    output.setNumber(tableAt + (index * 2 + 1) * word, word, value);
  }
  for (const { at, text: wanted } of changes) if (at !== undefined) output.setNumber(at, 4, placeOf(wanted));

  // The program headers, with one more for all this. It can be written since the loader writes into the dynamic table.
  const fresh: Segment = {
    type: segmentType.load,
    flags: segmentFlag.read | segmentFlag.write,
    offset,
    address,
    physical: address,
    fileSize: size,
    memorySize: size,
    align: page,
  };
  const moved = (segment: Segment, at: number, bytes: number): Segment => ({
    ...segment,
    offset: offset + at,
    address: address + at,
    physical: address + at,
    fileSize: bytes,
    memorySize: bytes,
  });
  const lastLoad = segments.findLastIndex(({ type }) => type === segmentType.load);
  const headers = segments.flatMap((segment, index) => {
    if (segment.type === segmentType.headers) return [moved(segment, 0, headersSize)];
    if (segment.type === segmentType.dynamic && moves) return [moved(segment, dynamicAt, dynamicSize)];
    return index === lastLoad ? [segment, fresh] : [segment];
  });
  output.writeSegments(offset, headers);
  output.setHeader("segmentsAt", offset);
  output.setHeader("segmentCount", headers.length);

  // So that `readelf`, `strip` and their like see what the loader sees.
  const sections = image.sections();
  const oldStrings = dynamic.find(({ tag }) => tag === dynamicTag.strings)?.value;
  for (const section of sections) {
    if (section.type === sectionType.strings && section.address === oldStrings && section.address !== 0) {
      Object.assign(section, { address: address + stringsAt, offset: offset + stringsAt, size: length });
    } else if (section.type === sectionType.dynamic && moves) {
      Object.assign(section, { address: address + dynamicAt, offset: offset + dynamicAt, size: dynamicSize });
    }
  }
  if (sections.length > 0) output.writeSections(image.header("sectionsAt"), sections);
  return result;
}
