import { glibcLevel as levelOf } from "../../src/pythons/pybi/pack/platform-policy.ts";
import { readElf } from "../../src/system/binaries/elf/read-elf.ts";
import { readMachO } from "../../src/system/binaries/macho/read-macho.ts";

/** The glibc 2 that an ELF file needs, its minor number, or undefined for any other file. */
export function glibcLevel(bytes: Buffer): number | undefined {
  const elf = readElf(bytes);
  return elf && levelOf([["", elf]]).minor;
}

/** The oldest macOS that a Mach-O file for one processor runs on, `[14, 0]`, or undefined for any other file. */
export function macosLevel(bytes: Buffer): readonly [number, number] | undefined {
  return readMachO(bytes)?.[0]?.oldest;
}
