import { posix } from "node:path";

const markers = ["$ORIGIN", "${ORIGIN}", "@loader_path"];

/** Whether the bytes are a shared library or program in a format with relative run paths: ELF or Mach-O. */
export function isLibrary(content: Uint8Array): boolean {
  if (content.length < 64) return false;
  const magic = ((content[0]! << 24) | (content[1]! << 16) | (content[2]! << 8) | content[3]!) >>> 0;
  return [0x7f454c46, 0xcffaedfe, 0xcefaedfe, 0xcafebabe].includes(magic);
}

/**
 * Returns the folders in which a library looks for other libraries, relative to its own folder: the strings with
 * `$ORIGIN` (ELF) or `@loader_path` (Mach-O). The bytes are searched and not parsed; a wrong hit costs a few links.
 */
export function libraryFolders(content: Uint8Array, path: string): string[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const folders = new Set<string>();
  for (const marker of markers) {
    for (
      let start = bytes.indexOf(marker);
      start >= 0;
      start = bytes.indexOf(marker, start + marker.length)
    ) {
      const rest = bytes.subarray(start + marker.length, start + 1024);
      const end = rest.findIndex((byte) => byte === 0 || byte === 0x3a);
      const suffix = rest.subarray(0, end < 0 ? rest.length : end).toString("latin1");
      if (suffix !== "" && !suffix.startsWith("/")) continue;
      const folder = posix.normalize(posix.join(posix.dirname(path), suffix));
      // `@loader_path/../x.dylib` names the library itself.
      folders.add(marker.startsWith("@") && /\.(dylib|so)$/.test(folder) ? posix.dirname(folder) : folder);
    }
  }
  return [...folders];
}

/** `libraryFolders` for content that arrives in pieces. */
export function libraryFolderSearch(path: string): {
  push(piece: Uint8Array): void;
  readonly folders: readonly string[];
} {
  const folders = new Set<string>();
  let tail = Buffer.alloc(0);
  return {
    push(piece) {
      const window = Buffer.concat([tail, piece]);
      for (const folder of libraryFolders(window, path)) folders.add(folder);
      tail = Buffer.from(window.subarray(Math.max(0, window.length - 1024)));
    },
    get folders() {
      return [...folders];
    },
  };
}
