import { glibcLevel as levelOf } from "../../src/pythons/pack/platform-policy.ts";
import { readElf } from "../../src/system/elf/read-elf.ts";

/** The glibc 2 that an ELF file needs, its minor number, or undefined for any other file. */
export function glibcLevel(bytes: Buffer): number | undefined {
  const elf = readElf(bytes);
  return elf && levelOf([["", elf]]).minor;
}

const machO64 = 0xfeedfacf;
const buildVersion = 0x32;
const versionMin = 0x24;

/** The oldest macOS that a 64-bit Mach-O file runs on, `[14, 0]`, or undefined for any other file. */
export function macosLevel(bytes: Buffer): readonly [number, number] | undefined {
  if (bytes.length < 32 || bytes.readUInt32LE(0) !== machO64) return undefined;
  const commands = bytes.readUInt32LE(16);
  for (let at = 32, index = 0; index < commands; index++) {
    const command = bytes.readUInt32LE(at);
    const version =
      command === buildVersion
        ? bytes.readUInt32LE(at + 12)
        : command === versionMin
          ? bytes.readUInt32LE(at + 8)
          : 0;
    // xxxx.yy.zz in nibbles (mach-o/loader.h).
    if (version !== 0) return [version >>> 16, (version >>> 8) & 0xff];
    at += bytes.readUInt32LE(at + 4);
  }
  return undefined;
}
