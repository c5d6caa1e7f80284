import { readFile } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { type Resource, resourceKind } from "../../system/binaries/index.ts";

/** The kinds of images in an `.icns` file, by the width of a PNG (Apple, "Icon Services"). */
const icnsKinds: Readonly<Record<number, string>> = {
  16: "icp4",
  32: "icp5",
  64: "icp6",
  128: "ic07",
  256: "ic08",
  512: "ic09",
  1024: "ic10",
};

const png = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

function refuse(path: string, what: string, hint: string): never {
  throw new PosyError("usage", `the icon \`${path}\` ${what}`, { hint });
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new PosyError("not-found", `the icon \`${path}\` can't be read`, {
      hint: "check the path",
      cause,
    });
  });
}

/** Returns the width of a PNG, which must be square. */
function widthOf(bytes: Buffer, path: string): number {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width !== height) refuse(path, `is not square: ${width}×${height}`, "use a square image");
  return width;
}

/** Returns the resources of Windows for an icon: an `.ico`, or a PNG of at most 256 pixels. */
export async function iconResources(path: string): Promise<readonly Resource[]> {
  const bytes = await read(path);
  if (bytes.length > 24 && bytes.subarray(0, 8).equals(png)) {
    const width = widthOf(bytes, path);
    if (width > 256) refuse(path, `has ${width} pixels, and Windows has at most 256`, "use an `.ico`");
    const facts = Buffer.from([width % 256, width % 256, 0, 0, 1, 0, 32, 0]);
    return group([{ facts, image: bytes }]);
  }
  const count = bytes.length > 6 && bytes.readUInt32LE(0) === 0x10000 ? bytes.readUInt16LE(4) : 0;
  if (count === 0 || bytes.length < 6 + count * 16)
    refuse(path, "is neither an `.ico` nor a PNG", "convert it");
  const images = Array.from({ length: count }, (_, index) => {
    const at = 6 + index * 16;
    const [size, offset] = [bytes.readUInt32LE(at + 8), bytes.readUInt32LE(at + 12)];
    if (offset + size > bytes.length) refuse(path, "is cut off", "get it again");
    return { facts: bytes.subarray(at, at + 8), image: bytes.subarray(offset, offset + size) };
  });
  return group(images);
}

/** An icon is one resource per size, and a group that lists them (`GRPICONDIR`). */
function group(images: readonly { readonly facts: Buffer; readonly image: Buffer }[]): readonly Resource[] {
  const list = Buffer.alloc(6 + images.length * 14);
  list.writeUInt16LE(1, 2);
  list.writeUInt16LE(images.length, 4);
  for (const [index, { facts, image }] of images.entries()) {
    list.set(facts, 6 + index * 14);
    list.writeUInt32LE(image.length, 14 + index * 14);
    list.writeUInt16LE(index + 1, 18 + index * 14);
  }
  return [
    ...images.map(({ image }, index) => ({ kind: resourceKind.icon, id: index + 1, bytes: image })),
    { kind: resourceKind.iconGroup, id: 1, bytes: list },
  ];
}

/** Returns an icon for macOS: an `.icns`, or a PNG of 16, 32, 64, …, 1024 pixels. */
export async function icnsIcon(path: string): Promise<Buffer> {
  const bytes = await read(path);
  if (bytes.toString("latin1", 0, 4) === "icns") return bytes;
  if (bytes.length < 24 || !bytes.subarray(0, 8).equals(png))
    refuse(path, "is neither an `.icns` nor a PNG", "convert it");
  const width = widthOf(bytes, path);
  const kind = icnsKinds[width];
  if (kind === undefined)
    refuse(path, `has ${width} pixels`, `use one with ${Object.keys(icnsKinds).join(", ")}`);
  const head = Buffer.alloc(16);
  head.write("icns", 0, "latin1");
  head.writeUInt32BE(bytes.length + 16, 4);
  head.write(kind, 8, "latin1");
  head.writeUInt32BE(bytes.length + 8, 12);
  return Buffer.concat([head, bytes]);
}
