import type { ElfChange, ElfParts } from "./elf-change.ts";
import { dynamicTag, sectionType, segmentFlag, segmentType } from "./elf-format.ts";
import { ElfImage, type Segment } from "./elf-image.ts";
import { roundUp } from "./strip-elf.ts";

/**
 * Returns the largest page size of an architecture in bytes: 4 KiB for x86, 64 KiB for others (AArch64,
 * POWER).
 */
const pageSize = (machine: number) => (machine === 62 || machine === 3 ? 0x1000 : 0x10000);

/** The string table with the new strings at its end, and the offset of each new string in it. */
interface NewStrings {
  readonly bytes: Buffer;
  readonly offsets: ReadonlyMap<string, number>;
}

/** The layout of the new segment: program headers, strings, and the dynamic table if it moves. */
interface SegmentLayout {
  readonly page: number;
  /** The address at which the segment is loaded, and its offset in the file. */
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly headersSize: number;
  /** The offset of the strings in the segment. */
  readonly stringsAt: number;
  /** The offset of the dynamic table in the segment. Undefined if the new entries fit into the old table. */
  readonly dynamicAt: number | undefined;
  readonly dynamicSize: number;
}

/**
 * Returns the file with a new segment at its end. The segment contains the program headers, all strings, and the
 * dynamic table if that has no room for the new entries.
 */
export function appendSegment(parts: ElfParts, changes: readonly ElfChange[]): Uint8Array {
  const strings = newStrings(parts, changes);
  const layout = layoutFor(parts, changes, strings.bytes.length);
  const result = new Uint8Array(layout.offset + layout.size);
  result.set(parts.image.bytes);
  result.set(strings.bytes, layout.offset + layout.stringsAt);
  const output = new ElfImage(result);
  writeDynamic(output, parts, changes, strings, layout);
  writeHeaders(output, parts, layout);
  writeSections(output, parts, strings, layout);
  return result;
}

function newStrings({ image, dynamic, strings }: ElfParts, changes: readonly ElfChange[]): NewStrings {
  let length = dynamic.find(({ tag }) => tag === dynamicTag.stringsSize)?.value ?? 0;
  const parts: Uint8Array[] = [image.bytes.subarray(strings, strings + length)];
  const offsets = new Map<string, number>();
  for (const { text } of changes) {
    if (offsets.has(text)) continue;
    offsets.set(text, length);
    const encoded = Buffer.from(`${text}\0`, "latin1");
    parts.push(encoded);
    length += encoded.length;
  }
  return { bytes: Buffer.concat(parts, length), offsets };
}

function layoutFor(
  { image, segments, dynamic }: ElfParts,
  changes: readonly ElfChange[],
  length: number,
): SegmentLayout {
  const { word, segmentSize } = image.layout;
  const loads = segments.filter(({ type }) => type === segmentType.load);
  const [first] = loads;
  if (first === undefined) throw new RangeError("there is no loaded segment");
  const page = pageSize(image.machine);
  // The kernel tells a program the address of its headers. Old kernels compute it from their offset and the
  // first segment.
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

/**
 * Writes the dynamic table, at its old offset or into the new segment, and the version needs, which refer to
 * strings.
 */
function writeDynamic(
  output: ElfImage,
  { segments, dynamic }: ElfParts,
  changes: readonly ElfChange[],
  { bytes, offsets }: NewStrings,
  { address, offset, stringsAt, dynamicAt }: SegmentLayout,
): void {
  const { word } = output.layout;
  const offsetOf = (wanted: string) => offsets.get(wanted) ?? 0;
  const entries = dynamic.slice(0, -1).map((entry): readonly [number, number] => {
    const change = changes.find((each) => each.entry?.at === entry.at);
    if (change !== undefined) return [entry.tag, offsetOf(change.text)];
    if (entry.tag === dynamicTag.strings) return [entry.tag, address + stringsAt];
    return [entry.tag, entry.tag === dynamicTag.stringsSize ? bytes.length : entry.value];
  });
  for (const { tag, text } of changes.filter(isNewEntry)) entries.push([tag, offsetOf(text)]);
  entries.push([dynamicTag.end, 0]);
  const tableAt = dynamicAt === undefined ? tableOf(segments).offset : offset + dynamicAt;
  for (const [index, [tag, value]] of entries.entries()) {
    output.setNumber(tableAt + index * 2 * word, word, tag);
    output.setNumber(tableAt + (index * 2 + 1) * word, word, value);
  }
  for (const { at, text } of changes) if (at !== undefined) output.setNumber(at, 4, offsetOf(text));
}

/**
 * Writes the program headers with the new segment. The segment is writable, because the loader writes into
 * the dynamic table.
 */
function writeHeaders(output: ElfImage, { segments }: ElfParts, layout: SegmentLayout): void {
  const { page, address, offset, size, headersSize, dynamicAt, dynamicSize } = layout;
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

/** Updates the sections, which tools such as `readelf` and `strip` use instead of the segments. */
function writeSections(
  output: ElfImage,
  { image, dynamic }: ElfParts,
  { bytes }: NewStrings,
  layout: SegmentLayout,
): void {
  const { address, offset, stringsAt, dynamicAt, dynamicSize } = layout;
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
