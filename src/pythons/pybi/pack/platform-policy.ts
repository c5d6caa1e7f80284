import { PosyError } from "../../../errors/posy-error.ts";
import type { Elf } from "../../../system/binaries/index.ts";
import { parsePlatformTag } from "../../../vocab/tags/index.ts";
import { compareVersions, parseVersion } from "../../../vocab/version/index.ts";

/**
 * Libraries that every Linux with glibc has, according to PEP 600 and the policies of `auditwheel`. `libz` and
 * `libexpat` are on auditwheel's list but not here: desktops have them, minimal containers may not.
 */
const glibcLibraries: ReadonlySet<string> = new Set(
  (
    "libatomic.so.1 libgcc_s.so.1 libstdc++.so.6 libm.so.6 libmvec.so.1 libanl.so.1 " +
    "libdl.so.2 librt.so.1 libc.so.6 libnsl.so.1 libutil.so.1 libpthread.so.0 " +
    "libresolv.so.2 libX11.so.6 libXext.so.6 libXrender.so.1 libICE.so.6 libSM.so.6 " +
    "libGL.so.1 libgobject-2.0.so.0 libgthread-2.0.so.0 libglib-2.0.so.0"
  ).split(" "),
);

/**
 * Whether the system provides a library: a part of the C library, or a library on the policy's list. The policy for
 * musl (PEP 656) only has the C library.
 */
export function isSystemLibrary(name: string, libc: "glibc" | "musl" = "glibc"): boolean {
  if (libc === "glibc" && glibcLibraries.has(name)) return true;
  return /^ld-[\w.-]+\.so\.\d+$/.test(name) || /^libc\.(musl-\w+\.)?so(\.1)?$/.test(name);
}

/** Whether a Python is linked with musl: the ELF file of its program names the loader. */
export function isMusl(elves: Iterable<Pick<Elf, "interpreter">>): boolean {
  for (const { interpreter } of elves)
    if (interpreter !== undefined) return interpreter.includes("/ld-musl-");
  return false;
}

/**
 * The newest symbol versions of the compiler's libraries that each policy allows. If x86_64 and AArch64 differ, the
 * lower is listed. `minor` is the minor version of glibc 2.
 */
const policies = [
  { minor: 5, CXXABI: "1.3.1", GCC: "4.2.0", GLIBCXX: "3.4.8", LIBATOMIC: "0" },
  { minor: 12, CXXABI: "1.3.3", GCC: "4.3.0", GLIBCXX: "3.4.13", LIBATOMIC: "0" },
  { minor: 17, CXXABI: "1.3.7", GCC: "4.8.0", GLIBCXX: "3.4.19", LIBATOMIC: "1.0" },
  { minor: 24, CXXABI: "1.3.10", GCC: "4.8.0", GLIBCXX: "3.4.22", LIBATOMIC: "1.2" },
  { minor: 27, CXXABI: "1.3.11", GCC: "7.0.0", GLIBCXX: "3.4.24", LIBATOMIC: "1.2" },
  { minor: 31, CXXABI: "1.3.12", GCC: "7.0.0", GLIBCXX: "3.4.28", LIBATOMIC: "1.2" },
  { minor: 34, CXXABI: "1.3.13", GCC: "7.0.0", GLIBCXX: "3.4.29", LIBATOMIC: "1.2" },
  { minor: 35, CXXABI: "1.3.13", GCC: "12.0.0", GLIBCXX: "3.4.30", LIBATOMIC: "1.2" },
  { minor: 39, CXXABI: "1.3.15", GCC: "14.0.0", GLIBCXX: "3.4.33", LIBATOMIC: "1.2" },
] as const;

/** The glibc of manylinux1, the oldest platform tag. */
const oldest = 5;

/** Why a level is needed: the file at `path` needs symbols of `version` from `library`. */
export interface LevelReason {
  readonly path: string;
  readonly library: string;
  readonly version: string;
}

export interface GlibcLevel {
  /** Undefined if a file needs a version that no policy allows, which is in `reason`. */
  readonly minor: number | undefined;
  /** The first file that needs this level; undefined if the oldest level is enough for all. */
  readonly reason?: LevelReason;
}

/**
 * Returns the lowest minor version of glibc 2 on which all of these files load (path → file). Each file needs the glibc
 * of its symbols, and a policy that allows its versions of the compiler's libraries.
 */
export function glibcLevel(files: Iterable<readonly [path: string, Pick<Elf, "versions">]>): GlibcLevel {
  let level: GlibcLevel & { readonly minor: number } = { minor: oldest };
  for (const [path, { versions }] of files) {
    for (const [library, names] of versions) {
      if (!isSystemLibrary(library)) continue;
      for (const version of names) {
        const minor = minorFor(version);
        const reason = { path, library, version };
        if (minor === undefined) return { minor, reason };
        if (minor > level.minor) level = { minor, reason };
      }
    }
  }
  return level;
}

/**
 * The first glibc with each ABI marker. Markers stand for features of the loader: relative relocations, and descriptors
 * for the data of threads.
 */
const abiMarkers: Readonly<Record<string, number>> = {
  GLIBC_ABI_DT_RELR: 36,
  GLIBC_ABI_GNU_TLS: 42,
  GLIBC_ABI_GNU2_TLS: 42,
};

function minorFor(version: string): number | undefined {
  const glibc = /^GLIBC_2\.(\d+)/.exec(version);
  if (glibc) return Number(glibc[1]);
  const marker = abiMarkers[version];
  if (marker !== undefined) return marker;
  const [, family = "", number = ""] = /^(CXXABI|GCC|GLIBCXX|LIBATOMIC)_(\d+(?:\.\d+)*)$/.exec(version) ?? [];
  // `CXXABI_TM_1` and `CXXABI_FLOAT128` came with gcc 4.7 and 5. `GLIBC_PRIVATE` only fits one version of glibc.
  if (family === "")
    return version.startsWith("GLIBC_") ? undefined : version.startsWith("CXXABI_") ? 24 : oldest;
  const needed = parseVersion(number);
  return policies.find((policy) => compareVersions(needed, parseVersion(policy[family as "GCC"])) <= 0)
    ?.minor;
}

/**
 * Symbols that policies up to 2.17 forbid in any version, with the first glibc that has them. If they were linked
 * without a version, only their names show that this glibc is needed.
 */
const unversioned: ReadonlyMap<string, number> = new Map(
  [
    "__cxa_thread_atexit_impl",
    "__issignaling",
    "__issignalingf",
    "__issignalingl",
    "pthread_getattr_default_np",
    "pthread_setattr_default_np",
  ].map((name) => [name, 18]),
);

/** Returns the minor version of glibc that a symbol without a version needs; undefined if any will do. */
export function unversionedMinor(name: string): number | undefined {
  return unversioned.get(name);
}

/** Returns the tag of `--platform`, whose level may be higher than the computed one, but not lower. Throws `usage`. */
export function raisedTag(computed: string, wanted: string | undefined): string {
  if (wanted === undefined) return computed;
  const lowest = parsePlatformTag(computed);
  const chosen = parsePlatformTag(wanted);
  if (lowest === undefined || chosen?.family !== lowest.family || chosen.arch !== lowest.arch) {
    throw new PosyError(
      "usage",
      `\`${wanted}\` is another platform than that of this Python, \`${computed}\``,
      {
        hint: `leave \`--platform\` out, or name one such as \`${computed}\``,
      },
    );
  }
  if (minorOf(chosen) < minorOf(lowest)) {
    throw new PosyError("usage", `\`${wanted}\` is too low: this Python needs \`${computed}\``, {
      hint: "build it on an older system",
    });
  }
  return wanted;
}

/** Returns the minor version in a tag of manylinux or musllinux. */
function minorOf({ level }: { readonly level: readonly number[] }): number {
  return level[1] as number;
}
