import type { FFIFunction } from "bun:ffi";

/**
 * Functions of the C library of this process, called through Bun. Undefined where there is none to call: on Node, on Windows.
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
      // Another C library has another name.
    }
  }
  return undefined;
}

const libraries =
  process.platform === "darwin"
    ? ["/usr/lib/libSystem.B.dylib"]
    : ["libc.so.6", "libc.so", `/lib/ld-musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];
