import { sectionFlag, sectionType, segmentType } from "./elf-format.ts";
import { ElfImage, isElf, type Section, type Segment } from "./elf-image.ts";

/**
 * Removes what a program does not need to run: debugger symbols, debugging information, comments. All of
 * these follow the loaded data, so the file is cut there and gets a shorter section table. Returns `bytes`
 * itself if there is nothing to cut, or if the sections are in an order that linkers do not produce.
 */
export function stripElf(bytes: Uint8Array): Uint8Array {
  if (!isElf(bytes)) return bytes;
  try {
    return stripped(new ElfImage(bytes));
  } catch (error) {
    if (error instanceof RangeError) return bytes;
    throw error;
  }
}

function stripped(image: ElfImage): Uint8Array {
  const { bytes, layout } = image;
  const sections = image.sections();
  const segments = image.segments();
  // Symbols refer to sections by number, so the remaining sections must keep their numbers.
  const kept = 1 + sections.findLastIndex(({ flags }) => (flags & sectionFlag.allocated) !== 0);
  const isLoaded = ({ flags }: Section) => (flags & sectionFlag.allocated) !== 0;
  if (kept < 2 || !segments.some(({ type }) => type === segmentType.load)) return bytes;
  if (!sections.slice(1, kept).every(isLoaded)) return bytes;
  const end = loadedEnd(segments, sections.slice(1, kept));
  const names = sections[image.header("sectionNames")];
  if (names === undefined) return bytes;
  const labels = [...sections.slice(0, kept).map(({ name }) => image.text(names.offset + name)), ".shstrtab"];
  const { text, offsets } = stringTable(labels);
  const tableAt = roundUp(end + text.length, 8);
  const length = tableAt + labels.length * layout.sectionSize;
  if (length >= bytes.length) return bytes;
  const result = new Uint8Array(length);
  result.set(bytes.subarray(0, end));
  result.set(text, end);
  const output = new ElfImage(result);
  const rows = sections.slice(0, kept).map((section, index) => ({ ...section, name: offsets[index] ?? 0 }));
  rows.push({
    name: offsets.at(-1) ?? 0,
    type: sectionType.strings,
    flags: 0,
    address: 0,
    offset: end,
    size: text.length,
    link: 0,
    info: 0,
    align: 1,
    entrySize: 0,
  });
  output.writeSections(tableAt, rows);
  output.setHeader("sectionsAt", tableAt);
  output.setHeader("sectionCount", rows.length);
  output.setHeader("sectionNames", rows.length - 1);
  return result;
}

function loadedEnd(segments: readonly Segment[], sections: readonly Section[]): number {
  return Math.max(
    ...segments.map(({ offset, fileSize }) => offset + fileSize),
    ...sections.map(({ type, offset, size }) => (type === sectionType.noBits ? 0 : offset + size)),
  );
}

function stringTable(labels: readonly string[]): { text: Uint8Array; offsets: readonly number[] } {
  const offsets: number[] = [];
  let text = "\0";
  for (const label of labels) {
    offsets.push(label === "" ? 0 : text.length);
    if (label !== "") text += `${label}\0`;
  }
  return { text: Buffer.from(text, "latin1"), offsets };
}

export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
