import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

/**
 * Writes a xar archive as `xar` and libarchive do. `files` has contents by path. `change` may falsify the table of
 * contents.
 */
export function writeXar(
  files: Readonly<Record<string, Uint8Array>>,
  change: (xml: string) => string = (xml) => xml,
): Buffer {
  const sha1 = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex");
  const heap: Uint8Array[] = [];
  let offset = 20;
  const folders = new Map<string, string[]>([["", []]]);
  for (const [index, [path, data]] of Object.entries(files).entries()) {
    const parts = path.split("/");
    const name = parts.pop() ?? "";
    const archived = index % 2 === 0 ? data : deflateSync(data);
    const style = index % 2 === 0 ? "application/octet-stream" : "application/x-gzip";
    const node = `<file id="${index}"><name>${name}</name><type>file</type><data><length>${archived.length}</length><offset>${offset}</offset><size>${data.length}</size><encoding style="${style}"/><extracted-checksum style="sha1">${sha1(data)}</extracted-checksum><archived-checksum style="sha1">${sha1(archived)}</archived-checksum></data></file>`;
    const folder = parts.join("/");
    folders.set(folder, [...(folders.get(folder) ?? []), node]);
    heap.push(archived);
    offset += archived.length;
  }
  const nested = [...folders]
    .map(([path, nodes]) =>
      path === ""
        ? nodes.join("")
        : `<file id="f"><name>${path}</name><type>directory</type>${nodes.join("")}</file>`,
    )
    .join("");
  const xml = `<?xml version="1.0" encoding="UTF-8"?><xar><toc><checksum style="sha1"><offset>0</offset><size>20</size></checksum>${nested}</toc></xar>`;
  const text = Buffer.from(change(xml));
  const toc = deflateSync(text);
  const header = Buffer.alloc(28);
  header.write("xar!");
  header.writeUInt16BE(28, 4);
  header.writeUInt16BE(1, 6);
  header.writeBigUInt64BE(BigInt(toc.length), 8);
  header.writeBigUInt64BE(BigInt(text.length), 16);
  header.writeUInt32BE(1, 24);
  return Buffer.concat([header, toc, createHash("sha1").update(toc).digest(), ...heap]);
}
