import { PosyError } from "../../errors/posy-error.ts";
import type { Elf } from "../../system/elf/read-elf.ts";
import { detectLibc } from "../../system/libc.ts";
import { glibcMinor, raisedTag } from "./platform-policy.ts";
import type { PrefixAnswer } from "./probe-prefix.ts";

/**
 * The lowest platform tag that is honest for these files (PEP 600, 656). musl has no symbol versions: there it is the
 * series of the one on this machine. Throws `unknown-platform`, and `usage` where `wanted` promises more than that.
 */
export function platformTagOf(
  elves: ReadonlyMap<string, Elf>,
  { markers }: PrefixAnswer,
  wanted: string | undefined,
): string {
  const arch = markers["platform_machine"] ?? "";
  const loader = [...elves.values()].find(({ interpreter }) => interpreter !== undefined)?.interpreter ?? "";
  if (loader.includes("/ld-musl-")) {
    const [major, minor] = detectLibc(arch).musl ?? [1, 2];
    return raisedTag(`musllinux_${major}_${minor}_${arch}`, wanted);
  }
  const minor = glibcMinor(elves.values());
  if (minor === undefined) {
    throw new PosyError("unknown-platform", "a file of this Python works with one version of glibc only", {
      hint: "it uses symbols that glibc keeps for itself: build Python, or that library, in the usual way",
    });
  }
  return raisedTag(`manylinux_2_${minor}_${arch}`, wanted);
}
