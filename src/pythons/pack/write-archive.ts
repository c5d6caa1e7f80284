import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import { crc32 } from "../../system/crc32.ts";

/** A member to be written. A link's data is its target. */
export interface ArchiveMember {
  readonly path: string;
  /** Unix permissions. */
  readonly mode: number;
  readonly kind: "file" | "symlink";
  readonly data: Uint8Array | string;
}

const deflate = promisify(deflateRaw);

/** 1980-01-01, the first day that zip knows: the same members give the same bytes. */
const day = 0x21;

/** Writes a zip of these members in their order. Throws what the disk says. */
export async function writeArchive(path: string, members: Iterable<ArchiveMember>): Promise<void> {
  const file = await open(path, "wx");
  try {
    const central: Buffer[] = [];
    let offset = 0;
    for (const { path: name, mode, kind, data } of members) {
      const content = typeof data === "string" ? Buffer.from(data) : data;
      const packed = kind === "file" ? await deflate(content, { level: 9 }) : content;
      const stored = packed.length >= content.length;
      const body = stored ? content : packed;
      const label = Buffer.from(name);
      const fields = Buffer.alloc(26);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(0x800, 2);
      fields.writeUInt16LE(stored ? 0 : 8, 4);
      fields.writeUInt16LE(day, 8);
      fields.writeUInt32LE(crc32(content), 10);
      fields.writeUInt32LE(body.length, 14);
      fields.writeUInt32LE(content.length, 18);
      fields.writeUInt16LE(label.length, 22);
      const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, label, body]);
      await file.write(local);
      const rest = Buffer.alloc(14);
      rest.writeUInt32LE((((kind === "file" ? 0x8000 : 0xa000) | mode) << 16) >>> 0, 6);
      rest.writeUInt32LE(offset, 10);
      const madeBy = Buffer.from([20, 3]);
      central.push(Buffer.from("PK\x01\x02", "latin1"), madeBy, fields, rest, label);
      offset += local.length;
    }
    const directory = Buffer.concat(central);
    const end = Buffer.alloc(22);
    end.write("PK\x05\x06", 0, "latin1");
    const count = central.length / 5;
    end.writeUInt16LE(count, 8);
    end.writeUInt16LE(count, 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(offset, 16);
    await file.write(Buffer.concat([directory, end]));
  } finally {
    await file.close();
  }
}
