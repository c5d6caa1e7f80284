import type { ElfChange, ElfParts } from "./elf-change.ts";
import { dynamicTag, sectionType, segmentFlag, segmentType } from "./elf-format.ts";
import { ElfImage, type Segment } from "./elf-image.ts";
import { roundUp } from "./strip-elf.ts";

/** The largest page of each architecture that has larger ones than 4 KiB: AArch64 and POWER have 64 KiB. */
const pageSize = (machine: number) => (machine === 62 || machine === 3 ? 0x1000 : 0x10000);

/** All strings, the new ones at the end, and where each of those begins. */
interface NewStrings {
  readonly bytes: Buffer;
  readonly places: ReadonlyMap<string, number>;
}

/** Where the new segment is loaded, and what lies where in it: program headers first. */
interface Room {
  readonly page: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly headersSize: number;
  readonly stringsAt: number;
  /** Undefined where the table has room for its new entries in its old place. */
  readonly dynamicAt: number | undefined;
  readonly dynamicSize: number;
}

/**
 * The file with one more segment at its end, in which there are all strings, the program headers, and the dynamic table
 * where that has no room for its new entries.
 */
export function appendSegment(parts: ElfParts, changes: readonly ElfChange[]): Uint8Array {
  const strings = newStrings(parts, changes);
  const room = roomFor(parts, changes, strings.bytes.length);
  const result = new Uint8Array(room.offset + room.size);
  result.set(parts.image.bytes);
  result.set(strings.bytes, room.offset + room.stringsAt);
  const output = new ElfImage(result);
  writeDynamic(output, parts, changes, strings, room);
  writeHeaders(output, parts, room);
  writeSections(output, parts, strings, room);
  return result;
}

function newStrings({ image, dynamic, strings }: ElfParts, changes: readonly ElfChange[]): NewStrings {
  let length = dynamic.find(({ tag }) => tag === dynamicTag.stringsSize)?.value ?? 0;
  const parts: Uint8Array[] = [image.bytes.subarray(strings, strings + length)];
  const places = new Map<string, number>();
  for (const { text } of changes) {
    if (places.has(text)) continue;
    places.set(text, length);
    const encoded = Buffer.from(`${text}\0`, "latin1");
    parts.push(encoded);
    length += encoded.length;
  }
  return { bytes: Buffer.concat(parts, length), places };
}

function roomFor(
  { image, segments, dynamic }: ElfParts,
  changes: readonly ElfChange[],
  length: number,
): Room {
  const { word, segmentSize } = image.layout;
  const loads = segments.filter(({ type }) => type === segmentType.load);
  const [first] = loads;
  if (first === undefined) throw new RangeError("nothing is loaded");
  const page = pageSize(image.machine);
  // The kernel tells a program where its headers are by their offset: old ones count from the first segment.
  const isProgram = segments.some(({ type }) => type === segmentType.interpreter) || image.type === 2;
  const bias = first.address - first.offset;
  const end = Math.max(...loads.map((load) => load.address + load.memorySize), image.bytes.length + bias);
  const address = roundUp(end, page);
  const offset = isProgram ? address - bias : roundUp(image.bytes.length, page);
  const headersSize = (segments.length + 1) * segmentSize;
  const stringsAt = roundUp(headersSize, 8);
  // Linkers leave a few empty entries at the end of the dynamic table.
  const entries = dynamic.length + changes.filter(isNewEntry).length;
  const moves = entries * 2 * word > tableOf(segments).fileSize;
  const dynamicSize = (entries + 1) * 2 * word;
  const after = roundUp(stringsAt + length, 16);
  const dynamicAt = moves ? after : undefined;
  const size = moves ? after + dynamicSize : stringsAt + length;
  return { page, address, offset, size, headersSize, stringsAt, dynamicAt, dynamicSize };
}

function isNewEntry({ entry, at }: ElfChange): boolean {
  return entry === undefined && at === undefined;
}

function tableOf(segments: readonly Segment[]): Segment {
  return segments.find(({ type }) => type === segmentType.dynamic) as Segment;
}

/** The dynamic table, in its place or in the new segment, and what else names a string by its place. */
function writeDynamic(
  output: ElfImage,
  { segments, dynamic }: ElfParts,
  changes: readonly ElfChange[],
  { bytes, places }: NewStrings,
  { address, offset, stringsAt, dynamicAt }: Room,
): void {
  const { word } = output.layout;
  const placeOf = (wanted: string) => places.get(wanted) ?? 0;
  const entries = dynamic.slice(0, -1).map((entry): readonly [number, number] => {
    const change = changes.find((each) => each.entry?.at === entry.at);
    if (change !== undefined) return [entry.tag, placeOf(change.text)];
    if (entry.tag === dynamicTag.strings) return [entry.tag, address + stringsAt];
    return [entry.tag, entry.tag === dynamicTag.stringsSize ? bytes.length : entry.value];
  });
  for (const { tag, text } of changes.filter(isNewEntry)) entries.push([tag, placeOf(text)]);
  entries.push([dynamicTag.end, 0]);
  const tableAt = dynamicAt === undefined ? tableOf(segments).offset : offset + dynamicAt;
  for (const [index, [tag, value]] of entries.entries()) {
    output.setNumber(tableAt + index * 2 * word, word, tag);
    output.setNumber(tableAt + (index * 2 + 1) * word, word, value);
  }
  for (const { at, text } of changes) if (at !== undefined) output.setNumber(at, 4, placeOf(text));
}

/** The program headers, with one more for the segment. It can be written to since the loader writes into the dynamic table. */
function writeHeaders(output: ElfImage, { segments }: ElfParts, room: Room): void {
  const { page, address, offset, size, headersSize, dynamicAt, dynamicSize } = room;
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
    if (segment.type === segmentType.dynamic && dynamicAt !== undefined)
      return [moved(segment, dynamicAt, dynamicSize)];
    return index === lastLoad ? [segment, fresh] : [segment];
  });
  output.writeSegments(offset, headers);
  output.setHeader("segmentsAt", offset);
  output.setHeader("segmentCount", headers.length);
}

/** So that `readelf`, `strip` and their like see what the loader sees. */
function writeSections(
  output: ElfImage,
  { image, dynamic }: ElfParts,
  { bytes }: NewStrings,
  room: Room,
): void {
  const { address, offset, stringsAt, dynamicAt, dynamicSize } = room;
  const sections = image.sections();
  const oldStrings = dynamic.find(({ tag }) => tag === dynamicTag.strings)?.value;
  for (const section of sections) {
    if (section.type === sectionType.strings && section.address === oldStrings && section.address !== 0) {
      Object.assign(section, {
        address: address + stringsAt,
        offset: offset + stringsAt,
        size: bytes.length,
      });
    } else if (section.type === sectionType.dynamic && dynamicAt !== undefined) {
      Object.assign(section, { address: address + dynamicAt, offset: offset + dynamicAt, size: dynamicSize });
    }
  }
  if (sections.length > 0) output.writeSections(image.header("sectionsAt"), sections);
}
