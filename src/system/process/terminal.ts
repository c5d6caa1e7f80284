import { fstatSync } from "node:fs";
import { openLibc } from "../machine/libc-ffi.ts";

/**
 * Whether a file descriptor is a terminal. Not by `node:tty` where it can be helped: it brings the whole of `node:stream`
 * with it, which takes as long as everything else that a small command does.
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
    // It is closed.
    return false;
  }
}
