import { PosyError } from "../../../errors/posy-error.ts";
import { type Elf, requiredSymbols } from "../../../system/binaries/index.ts";
import { detectLibc } from "../../../system/machine/index.ts";
import { glibcLevel, isMusl, type LevelReason, raisedTag, unversionedMinor } from "./platform-policy.ts";
import type { PrefixAnswer } from "./probe-prefix.ts";

/** Why a pybi's platform tag is no lower. */
export interface TagReason extends LevelReason {
  /** What the file wants of that version, where it says so. */
  readonly symbols: readonly string[];
}

export interface PlatformTag {
  readonly tag: string;
  /** Undefined where no file asks for more than the oldest tag has, and for musl, whose symbols have no versions. */
  readonly reason: TagReason | undefined;
}

/** The programs and libraries of a pybi: what they say of themselves, and their bytes. */
export interface Programs {
  readonly elves: ReadonlyMap<string, Elf>;
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/**
 * The lowest platform tag that is honest for these files (PEP 600, 656). musl has no symbol versions: there it is the
 * series of the one on this machine. Throws `unknown-platform`, and `usage` where `wanted` promises more than that.
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
      `\`${path}\` works with one version of glibc only: it wants ${symbols.length === 0 ? "" : `\`${symbols[0]}\` of `}\`${version}\``,
      { hint: "glibc keeps such symbols for itself: build Python, or that library, in the usual way" },
    );
  }
  return { tag: raisedTag(`manylinux_2_${minor}_${arch}`, wanted), reason };
}

function levelOf({ elves, contents }: Programs): {
  readonly minor: number | undefined;
  readonly reason?: TagReason;
} {
  const { minor, reason } = glibcLevel(elves);
  const wants = (path: string) => requiredSymbols(contents.get(path) ?? new Uint8Array());
  if (reason !== undefined) {
    const symbols = wants(reason.path)
      .filter(({ library, version }) => library === reason.library && version === reason.version)
      .map(({ name }) => name);
    // Nothing without a version wants more than 2.18.
    if (minor === undefined || minor >= 18) return { minor, reason: { ...reason, symbols } };
  }
  for (const path of elves.keys()) {
    for (const { name, version } of wants(path)) {
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
