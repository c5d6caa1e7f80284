import { PosyError } from "../../../errors/posy-error.ts";
import { type Elf, requiredSymbols } from "../../../system/binaries/index.ts";
import { detectLibc } from "../../../system/machine/index.ts";
import { glibcLevel, isMusl, type LevelReason, raisedTag, unversionedMinor } from "./platform-policy.ts";
import type { PrefixAnswer } from "./probe-prefix.ts";

/** Why the platform tag of a pybi is not lower. */
export interface TagReason extends LevelReason {
  /** The symbols of that version that the file needs, if known. */
  readonly symbols: readonly string[];
}

export interface PlatformTag {
  readonly tag: string;
  /** Undefined if the oldest tag is enough for all files, and for musl, whose symbols have no versions. */
  readonly reason: TagReason | undefined;
}

/** The ELF files of a pybi by path: their parsed headers, and their bytes. */
export interface Programs {
  readonly elves: ReadonlyMap<string, Elf>;
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/**
 * Returns the lowest platform tag on which these files load (PEP 600, 656), or `wanted` if that is higher. musl has no
 * symbol versions, so its tag has the version of this machine's musl. Throws `unknown-platform`, and `usage` if
 * `wanted` is lower.
 */
export function platformTagOf(
  programs: Programs,
  { markers }: Pick<PrefixAnswer, "markers">,
  wanted: string | undefined,
): PlatformTag {
  const arch = markers["platform_machine"] ?? "";
  if (isMusl(programs.elves.values())) {
    const [major, minor] = detectLibc(arch).musl ?? [1, 2];
    return { tag: raisedTag(`musllinux_${major}_${minor}_${arch}`, wanted), reason: undefined };
  }
  const { minor, reason } = levelOf(programs);
  if (minor === undefined) {
    const { path = "", version = "", symbols = [] } = reason ?? {};
    throw new PosyError(
      "unknown-platform",
      `\`${path}\` works with one version of glibc only: it needs ${symbols.length === 0 ? "" : `\`${symbols[0]}\` of `}\`${version}\``,
      { hint: "such symbols are private to glibc: build Python, or that library, without them" },
    );
  }
  return { tag: raisedTag(`manylinux_2_${minor}_${arch}`, wanted), reason };
}

function levelOf({ elves, contents }: Programs): {
  readonly minor: number | undefined;
  readonly reason?: TagReason;
} {
  const { minor, reason } = glibcLevel(elves);
  const needs = (path: string) => requiredSymbols(contents.get(path) ?? new Uint8Array());
  if (reason !== undefined) {
    const symbols = needs(reason.path)
      .filter(({ library, version }) => library === reason.library && version === reason.version)
      .map(({ name }) => name);
    // No symbol without a version needs more than glibc 2.18.
    if (minor === undefined || minor >= 18) return { minor, reason: { ...reason, symbols } };
  }
  for (const path of elves.keys()) {
    for (const { name, version } of needs(path)) {
      const needed = version === undefined ? unversionedMinor(name) : undefined;
      if (needed === undefined) continue;
      return {
        minor: needed,
        reason: { path, library: "libc.so.6", version: `GLIBC_2.${needed}`, symbols: [name] },
      };
    }
  }
  return reason === undefined ? { minor } : { minor, reason: { ...reason, symbols: [] } };
}
