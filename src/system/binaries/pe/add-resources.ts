/**
 * Resources of programs for Windows: icons, version information, manifests (Microsoft, "PE Format", "The .rsrc
 * Section").
 */

/** Kinds of resources: RT_ICON, RT_GROUP_ICON, RT_VERSION, RT_MANIFEST. */
export const resourceKind = { icon: 3, iconGroup: 14, version: 16, manifest: 24 } as const;

export interface Resource {
  readonly kind: number;
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** English of the United States. */
const language = 0x409;

/**
 * Returns a program with resources, in a section of their own at its end. Throws a `RangeError` if the program has
 * resources or data behind its sections already, or no room in its header.
 */
export function addResources(program: Uint8Array, resources: readonly Resource[]): Buffer {
  const bytes = Buffer.from(program);
  if (resources.length === 0) return bytes;
  const header = bytes.readUInt32LE(0x3c);
  const count = bytes.readUInt16LE(header + 6);
  const optional = header + 24;
  if (bytes.readUInt16LE(optional) !== 0x20b) throw new RangeError("the program is not in the format PE32+");
  const sections = optional + bytes.readUInt16LE(header + 20);
  const [sectionAlignment, fileAlignment] = [
    bytes.readUInt32LE(optional + 32),
    bytes.readUInt32LE(optional + 36),
  ];
  const directory = optional + 112 + 2 * 8;
  if (bytes.readUInt32LE(directory) !== 0) throw new RangeError("the program has resources");
  const entry = sections + count * 40;
  if (entry + 40 > bytes.readUInt32LE(optional + 60))
    throw new RangeError("the header has no room for a section");
  const last = entry - 40;
  const fileEnd = bytes.readUInt32LE(last + 20) + bytes.readUInt32LE(last + 16);
  if (fileEnd < bytes.length) throw new RangeError("there are data behind the sections");
  const aligned = (value: number, alignment: number) => Math.ceil(value / alignment) * alignment;
  const address = aligned(bytes.readUInt32LE(last + 12) + bytes.readUInt32LE(last + 8), sectionAlignment);
  const content = resourceSection(resources, address);
  const size = aligned(content.length, fileAlignment);
  const start = aligned(fileEnd, fileAlignment);

  bytes.write(".rsrc\0\0\0", entry, "latin1");
  for (const [index, value] of [content.length, address, size, start].entries())
    bytes.writeUInt32LE(value, entry + 8 + index * 4);
  // It contains data that can be read.
  bytes.writeUInt32LE(0x40000040, entry + 36);
  bytes.writeUInt16LE(count + 1, header + 6);
  bytes.writeUInt32LE(bytes.readUInt32LE(optional + 8) + size, optional + 8);
  bytes.writeUInt32LE(aligned(address + content.length, sectionAlignment), optional + 56);
  // A checksum is needed for drivers only.
  bytes.writeUInt32LE(0, optional + 64);
  bytes.writeUInt32LE(address, directory);
  bytes.writeUInt32LE(content.length, directory + 4);
  const result = Buffer.alloc(start + size);
  result.set(bytes);
  result.set(content, start);
  return result;
}

/** The tables of kinds, ids and languages, the entries of the data, and the data. */
function resourceSection(resources: readonly Resource[], address: number): Buffer {
  const sorted = resources.toSorted((a, b) => a.kind - b.kind || a.id - b.id);
  const kinds = [...new Set(sorted.map(({ kind }) => kind))];
  const tableSize = (entries: number) => 16 + entries * 8;
  const ofKind = (kind: number) => sorted.filter((each) => each.kind === kind);
  let idTable = tableSize(kinds.length);
  let languageTable =
    idTable + kinds.map((kind) => tableSize(ofKind(kind).length)).reduce((a, b) => a + b, 0);
  const entries = languageTable + sorted.length * tableSize(1);
  let data = entries + sorted.length * 16;
  const padded = (size: number) => Math.ceil(size / 8) * 8;
  const section = Buffer.alloc(sorted.reduce((end, { bytes }) => end + padded(bytes.length), padded(data)));
  data = padded(data);
  const writeTable = (at: number, rows: readonly (readonly [id: number, to: number])[]) => {
    section.writeUInt16LE(rows.length, at + 14);
    for (const [index, [id, to]] of rows.entries()) {
      section.writeUInt32LE(id, at + 16 + index * 8);
      section.writeUInt32LE(to, at + 20 + index * 8);
    }
  };
  /** Marks an offset as that of another table. */
  const table = (offset: number) => offset + 0x80000000;
  const kindRows: [number, number][] = [];
  let number = 0;
  for (const kind of kinds) {
    const idRows: [number, number][] = [];
    for (const { id, bytes } of ofKind(kind)) {
      const entry = entries + number++ * 16;
      section.writeUInt32LE(address + data, entry);
      section.writeUInt32LE(bytes.length, entry + 4);
      section.set(bytes, data);
      data += padded(bytes.length);
      writeTable(languageTable, [[language, entry]]);
      idRows.push([id, table(languageTable)]);
      languageTable += tableSize(1);
    }
    writeTable(idTable, idRows);
    kindRows.push([kind, table(idTable)]);
    idTable += tableSize(idRows.length);
  }
  writeTable(0, kindRows);
  return section;
}
