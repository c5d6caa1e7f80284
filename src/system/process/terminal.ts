import { fstatSync } from "node:fs";
import { openLibc } from "../machine/libc-ffi.ts";

/**
 * Returns whether a file descriptor is a terminal. Avoids `node:tty` if possible: it loads all of
 * `node:stream`, which takes as long as everything else that a small command does.
 */
export async function isTerminal(fd: number): Promise<boolean> {
  if (process.platform !== "win32" && !isCharacterDevice(fd)) return false;
  const libc = await openLibc({ isatty: { args: ["i32"], returns: "i32" } });
  if (libc !== undefined) return libc.isatty(fd) === 1;
  const { isatty } = await import("node:tty");
  return isatty(fd);
}

function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    // The descriptor is closed.
    return false;
  }
}
