import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The C libraries of a Linux machine, each with its version (`[2, 36]`), or undefined if it is not installed.
 */
export interface Libc {
  readonly glibc: readonly [number, number] | undefined;
  readonly musl: readonly [number, number] | undefined;
  /** Which of the two the system's own programs use. Undefined if they do not say (they are static or missing). */
  readonly system: "glibc" | "musl" | undefined;
}

/** The folders of glibc in the distribution families, by architecture. */
const glibcFolders: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib"],
  aarch64: ["/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib"],
};

/** Programs that every distribution has, and does not replace by its users' programs. uv looks at the same programs. */
const systemPrograms = ["/bin/sh", "/usr/bin/env", "/bin/dash", "/bin/ls"];

/**
 * Finds the C libraries without starting a process. If this process runs on glibc, the process report has its
 * version (0.3 ms on Bun, 5 ms on Node). Otherwise the library files are searched for the sentence that
 * contains it.
 */
export function detectLibc(arch: string): Libc {
  return libcIn("/", arch, runtimeGlibc());
}

/** Finds the C libraries below a root folder. `running` is the glibc of this process. */
export function libcIn(root: string, arch: string, running: Libc["glibc"]): Libc {
  const loader = systemLoader(root);
  const system =
    loader === undefined ? undefined : loader.includes("/ld-musl-") ? ("musl" as const) : ("glibc" as const);
  // NixOS and Guix have glibc in a folder whose name nobody knows, next to the loader of their programs.
  const folders = [...(system === "glibc" && loader ? [dirname(loader)] : []), ...(glibcFolders[arch] ?? [])];
  return { glibc: running ?? installedGlibc(root, folders), musl: installedMusl(root, arch), system };
}

/**
 * Returns the loader of the first system program that is linked dynamically: `/lib/ld-musl-x86_64.so.1`. Linkers write
 * its path into the first page of a program.
 */
function systemLoader(root: string): string | undefined {
  for (const program of systemPrograms) {
    const page = firstPageOf(join(root, program));
    const path = /(\/[^\0]*\/ld-(?:musl|linux)[^\0/]*)\0/.exec(page)?.[1];
    if (page.startsWith("\x7fELF") && path !== undefined) return path;
  }
  return undefined;
}

function runtimeGlibc(): readonly [number, number] | undefined {
  const { report } = process;
  // Otherwise Node looks up the host names of open sockets, which takes seconds if DNS is slow.
  if ("excludeNetwork" in report) report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return versionIn(/^(\d+)\.(\d+)/, header?.glibcVersionRuntime ?? "");
}

function installedGlibc(root: string, folders: readonly string[]): readonly [number, number] | undefined {
  for (const folder of folders) {
    const path = join(root, folder, "libc.so.6");
    if (!existsSync(path)) continue;
    // "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36." Alpine's gcompat has no such sentence.
    const version = versionIn(/GNU C Library [^\n\0]*version (\d+)\.(\d+)/, contentOf(path));
    if (version) return version;
  }
  return undefined;
}

function installedMusl(root: string, arch: string): readonly [number, number] | undefined {
  const path = join(root, `/lib/ld-musl-${arch}.so.1`);
  if (!existsSync(path)) return undefined;
  // It prints "musl libc (x86_64)\nVersion %s\n", and the version is a string of its own.
  return versionIn(/\0(1)\.(\d+)\.\d+(?:[_-][^\0]*)?\0/, contentOf(path)) ?? [1, 1];
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function firstPageOf(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const page = Buffer.alloc(4096);
    return page.toString("latin1", 0, readSync(file, page));
  } catch {
    // It does not exist, or it cannot be read by this user.
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function versionIn(pattern: RegExp, text: string): readonly [number, number] | undefined {
  const match = pattern.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}
