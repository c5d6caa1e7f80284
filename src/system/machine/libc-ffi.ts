import type { FFIFunction } from "bun:ffi";

/**
 * Returns functions of this process's C library, called through Bun. Returns undefined on Node and on
 * Windows, where they cannot be called.
 */
export async function openLibc<const Functions extends Readonly<Record<string, FFIFunction>>>(
  functions: Functions,
) {
  if (typeof Bun === "undefined" || process.platform === "win32") return undefined;
  const { dlopen } = await import("bun:ffi");
  for (const name of libraries) {
    try {
      return dlopen(name, functions).symbols;
    } catch {
      // The C library has another name: try the next one.
    }
  }
  return undefined;
}

const libraries =
  process.platform === "darwin"
    ? ["/usr/lib/libSystem.B.dylib"]
    : ["libc.so.6", "libc.so", `/lib/ld-musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];
