import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inflateSync } from "node:zlib";

/**
 * Returns whether the objects in a git database are complete. A power cut may have cut them, or replaced their ends by
 * NUL bytes. A pack ends with its checksum, and its index ends with that checksum and one of its own. So this reads
 * some bytes of each pack. Loose objects, which are few, are read completely.
 */
export async function areObjectsWhole(objects: string): Promise<boolean> {
  const packs = join(objects, "pack");
  for (const name of await readdir(packs).catch(() => [])) {
    const [, stem] = /^(pack-[0-9a-f]+)\.idx$/.exec(name) ?? [];
    if (stem !== undefined && !(await isPackWhole(join(packs, stem)))) return false;
  }
  for (const folder of (await readdir(objects).catch(() => [])).filter((name) =>
    /^[0-9a-f]{2}$/.test(name),
  )) {
    for (const name of await readdir(join(objects, folder))) {
      if (/^[0-9a-f]{38,62}$/.test(name) && !(await isLooseWhole(join(objects, folder, name)))) return false;
    }
  }
  return true;
}

/** The checksums are SHA-1, or SHA-256 in repositories of that format (gitformat-pack(5)). */
async function isPackWhole(path: string): Promise<boolean> {
  const [pack, index] = await Promise.all([endOf(`${path}.pack`, 32), endOf(`${path}.idx`, 64)]);
  if (pack === undefined || index === undefined) return false;
  return [20, 32].some((length) => {
    const checksum = pack.subarray(-length);
    const recorded = index.subarray(-2 * length, -length);
    return checksum.equals(recorded) && checksum.some((byte) => byte !== 0);
  });
}

/** A loose object is a zlib stream, whose end has a checksum. */
async function isLooseWhole(path: string): Promise<boolean> {
  try {
    inflateSync(await readFile(path));
    return true;
  } catch {
    return false;
  }
}

/** Returns the last bytes of a file, or undefined if it is shorter. */
async function endOf(path: string, length: number): Promise<Buffer | undefined> {
  const file = await open(path).catch(() => undefined);
  try {
    const size = (await file?.stat())?.size ?? 0;
    if (file === undefined || size < length) return undefined;
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer;
  } finally {
    await file?.close();
  }
}
