import { PosyError } from "../../../errors/posy-error.ts";
import type { Elf } from "../../../system/binaries/index.ts";
import { parsePlatformTag } from "../../../vocab/tags/index.ts";

/**
 * Libraries that a Linux with glibc has, whatever it is (PEP 600 and the policies that `auditwheel` keeps for it). Two
 * of its list are left out, `libz` and `libexpat`: it has them since desktops do, a minimal container may not.
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
 * Whether a library is the system's business: its C library's, or on the policy's list. musl's policy (PEP 656) has its C
 * library alone.
 */
export function isSystemLibrary(name: string, libc: "glibc" | "musl" = "glibc"): boolean {
  if (libc === "glibc" && glibcLibraries.has(name)) return true;
  return /^ld-[\w.-]+\.so\.\d+$/.test(name) || /^libc\.(musl-\w+\.)?so(\.1)?$/.test(name);
}

/** Whether a Python is musl's: its program says which loader it wants. */
export function isMusl(elves: Iterable<Pick<Elf, "interpreter">>): boolean {
  for (const { interpreter } of elves)
    if (interpreter !== undefined) return interpreter.includes("/ld-musl-");
  return false;
}

/**
 * The newest symbol versions that each policy has of the compiler's libraries, for x86_64 and AArch64 alike where they
 * agree, the lower where they don't: of glibc's own versions the highest minor counts.
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

/** manylinux1's: nothing older has a name. */
const oldest = 5;

/** What wants a level: `library` has to have `version`. */
export interface LevelReason {
  readonly path: string;
  readonly library: string;
  readonly version: string;
}

export interface GlibcLevel {
  /** Undefined where a version is asked for that no policy knows: `reason` says which. */
  readonly minor: number | undefined;
  /** The first file that asks for so much; undefined where none asks for more than the oldest has. */
  readonly reason?: LevelReason;
}

/**
 * The lowest minor of glibc 2 on which all of these files load (path → file): the highest that any asks for, and one
 * whose policy has the compiler libraries that they ask for.
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

/** Marks of what a loader knows, by the first glibc that has them: relative relocations, and how threads' data is found. */
const marks: Readonly<Record<string, number>> = {
  GLIBC_ABI_DT_RELR: 36,
  GLIBC_ABI_GNU_TLS: 42,
  GLIBC_ABI_GNU2_TLS: 42,
};

function minorFor(version: string): number | undefined {
  const glibc = /^GLIBC_2\.(\d+)/.exec(version);
  if (glibc) return Number(glibc[1]);
  const mark = marks[version];
  if (mark !== undefined) return mark;
  const [, family = "", number = ""] = /^(CXXABI|GCC|GLIBCXX|LIBATOMIC)_([\d.]+)$/.exec(version) ?? [];
  // `CXXABI_TM_1`, `CXXABI_FLOAT128`: gcc 4.7's and 5's. `GLIBC_PRIVATE` is of one version of glibc only.
  if (family === "")
    return version.startsWith("GLIBC_") ? undefined : version.startsWith("CXXABI_") ? 24 : oldest;
  return policies.find((policy) => compareNumbers(number, policy[family as "GCC"]) <= 0)?.minor;
}

/**
 * Symbols that policies up to 2.17 forbid, whatever version is asked for, and the glibc that brought them: where they
 * were linked without a version, nothing else tells that they are wanted.
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

/** The level that a symbol without a version wants; undefined where it wants none. */
export function unversionedMinor(name: string): number | undefined {
  return unversioned.get(name);
}

/** `--platform` may say more than is needed, never less. Throws `usage`. */
export function raisedTag(computed: string, wanted: string | undefined): string {
  if (wanted === undefined) return computed;
  const own = parsePlatformTag(computed);
  const asked = parsePlatformTag(wanted);
  if (own === undefined || asked?.family !== own.family || asked.arch !== own.arch) {
    throw new PosyError(
      "usage",
      `\`${wanted}\` is not of the kind of \`${computed}\`, which this Python is`,
      {
        hint: `leave \`--platform\` out, or name one such as \`${computed}\``,
      },
    );
  }
  const [, minor = 0] = own.level ?? [];
  const [, askedMinor = 0] = asked.level ?? [];
  if (askedMinor < minor) {
    throw new PosyError("usage", `\`${wanted}\` promises too much: this Python needs \`${computed}\``, {
      hint: "build it on an older system",
    });
  }
  return wanted;
}

function compareNumbers(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
