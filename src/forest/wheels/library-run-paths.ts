import { posix } from "node:path";

const markers = ["$ORIGIN", "${ORIGIN}", "@loader_path"];

/** Whether the bytes are a shared library or program whose run paths can be relative to it: ELF or Mach-O. */
export function isLibrary(content: Uint8Array): boolean {
  if (content.length < 64) return false;
  const magic = ((content[0]! << 24) | (content[1]! << 16) | (content[2]! << 8) | content[3]!) >>> 0;
  return [0x7f454c46, 0xcffaedfe, 0xcefaedfe, 0xcafebabe].includes(magic);
}

/**
 * The folders in which a library looks for others, relative to where it lies: the strings with `$ORIGIN` (ELF) or
 * `@loader_path` (Mach-O). They are searched for, not parsed for: one too many costs a few more links.
 */
export function libraryFolders(content: Uint8Array, path: string): string[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const found = new Set<string>();
  for (const marker of markers) {
    for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + marker.length)) {
      const rest = bytes.subarray(at + marker.length, at + 1024);
      const end = rest.findIndex((byte) => byte === 0 || byte === 0x3a);
      const suffix = rest.subarray(0, end < 0 ? rest.length : end).toString("latin1");
      if (suffix !== "" && !suffix.startsWith("/")) continue;
      const folder = posix.normalize(posix.join(posix.dirname(path), suffix));
      // `@loader_path/../x.dylib` names the library itself.
      found.add(marker.startsWith("@") && /\.(dylib|so)$/.test(folder) ? posix.dirname(folder) : folder);
    }
  }
  return [...found];
}

/** `libraryFolders` over a content that comes in pieces. */
export function libraryFolderSearch(path: string): {
  push(piece: Uint8Array): void;
  readonly folders: readonly string[];
} {
  const found = new Set<string>();
  let before = Buffer.alloc(0);
  return {
    push(piece) {
      const window = Buffer.concat([before, piece]);
      for (const folder of libraryFolders(window, path)) found.add(folder);
      before = Buffer.from(window.subarray(Math.max(0, window.length - 1024)));
    },
    get folders() {
      return [...found];
    },
  };
}
