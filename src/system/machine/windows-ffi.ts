import type { FFIFunction } from "bun:ffi";

/**
 * Returns functions of `kernel32.dll`, called through Bun. Returns undefined on other systems, on Node, and where Bun
 * cannot call them (Windows on arm64).
 */
export function openKernel32<const Functions extends Readonly<Record<string, FFIFunction>>>(
  functions: Functions,
) {
  if (typeof Bun === "undefined" || process.platform !== "win32") return undefined;
  try {
    // Not `import`: a program that has just been started must be looked at before it can end.
    const { dlopen } = process.getBuiltinModule("bun:ffi") as typeof import("bun:ffi");
    return dlopen("kernel32.dll", functions).symbols;
  } catch {
    return undefined;
  }
}
