import type { Interpreter } from "../../model/index.ts";
import { editMachO, isMachO } from "../../system/binaries/index.ts";

/** The prefix that the catalogue's archives were built for, on the builder's machine. */
const buildRoot = /\/[^\s'"\0:=#]*\/cppbuild\/(?:linux|macosx)-[a-z0-9_]+/g;

export type Relocated = Pick<Interpreter, "paths">;

/**
 * Removes the paths of the builder's machine from a file of the tree, so that the tree works in any folder without
 * further changes. `root`, a global pattern, matches the folders that Python was built in or for. Returns the same
 * bytes if there is nothing to do.
 */
export function relocate(
  path: string,
  bytes: Uint8Array,
  interpreter: Relocated,
  root: RegExp = buildRoot,
): Uint8Array {
  if (/\/lib-dynload\/(_ssl|_hashlib|_bz2)\.[^/]*so$/.test(path)) return withSystemPaths(path, bytes);
  const change = changeFor(path);
  if (change === undefined) return bytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return Buffer.from(change(text, interpreter, root), "latin1");
}

type Change = (text: string, interpreter: Relocated, root: RegExp) => string;

function changeFor(path: string): Change | undefined {
  if (/\/_sysconfigdata[^/]*\.py$/.test(path)) return sysconfigData;
  if (/\/config(-[^/]*)?\/Makefile$/.test(path)) return makefile;
  if (path.endsWith("/build-details.json")) return buildDetails;
  if (path.startsWith("lib/pkgconfig/")) {
    return (text, _python, root) =>
      text.replace(/^prefix=.*$/m, "prefix=${pcfiledir}/../..").replace(root, "${prefix}");
  }
  if (path.startsWith("bin/") && path.endsWith("-config")) {
    // The sh script replaces `@prefix@` with the path that it runs from.
    return (text, python, root) => scriptHead(text.replace(root, "@prefix@"), python);
  }
  return path.startsWith("bin/pydoc") ? scriptHead : undefined;
}

/**
 * Overwrites strings in libraries in place, padded with NUL, so that no ELF or Mach-O structure changes. A changed
 * Mach-O file gets a new ad hoc signature: Macs with Apple's processors end a program that reads a page which does not
 * match its signature.
 *
 * OpenSSL, linked into two modules, looks for certificates below its builder's folder. The paths become those of the
 * system. On Linux, one folder of hashed links (Debian, Ubuntu, Arch, SUSE, Gentoo, Fedora from 43 on) and one bundle
 * (RHEL, older Fedora, NixOS) cover all distributions. macOS has one bundle. `SSL_CERT_FILE` and `SSL_CERT_DIR` still
 * come first.
 *
 * `_bz2` needs `libbz2.so.1.0`, a name that only Debian and its derivatives have; all have `libbz2.so.1`.
 */
function withSystemPaths(path: string, bytes: Uint8Array): Uint8Array {
  if (isMachO(bytes)) return editMachO(bytes, { renamed: () => undefined, change: overwritePaths }, path);
  const result = Buffer.from(bytes);
  return overwritePaths(result) ? result : bytes;
}

/** Changes the code for one processor in place, and returns whether anything was changed. */
function overwritePaths(code: Buffer): boolean {
  const before = code.toString("latin1");
  const text = before
    .replace(
      /\0\/[^\0\s"]*\/cppbuild\/(linux|macosx)-[a-z0-9_]+((?:\/(?:ssl|lib)[^\0"]*)?)(?=\0)/g,
      (all, system: string, rest: string) =>
        `\0${systemPath(rest, system === "macosx")}`.padEnd(all.length, "\0"),
    )
    .replace(/\0libbz2\.so\.1\.0(?=\0)/, "\0libbz2.so.1\0\0");
  if (text === before) return false;
  code.write(text, "latin1");
  return true;
}

function systemPath(rest: string, macos: boolean): string {
  if (rest === "/ssl/cert.pem") return macos ? "/etc/ssl/cert.pem" : "/etc/ssl/certs/ca-bundle.crt";
  // Engines and providers get a path that does not exist, so that nothing is loaded from the builder's path.
  return rest.startsWith("/ssl") ? `/etc${rest}` : `/etc/ssl/none`;
}

/** Removes flags that only make sense on the builder's machine, and gives compilers the names that every system has. */
function cleanFlags(text: string): string {
  return text
    .replace(/(?: ?-s)? ?-Wl(?:,-rpath,(?:\\*\$ORIGIN|@loader_path)[^\s,']*)+/g, "")
    .replace(/(: ['"])(?:gcc|clang)( -m64)?(?=[ '"])/g, "$1cc")
    .replace(/(: ['"])(?:g\+\+|clang\+\+)( -m64)?(?=[ '"])/g, "$1c++")
    .replace(/ ?-[LI][^\s'"]*\/cppbuild\/[^\s'"]*\/(?:lib|include)(?=[\s'"])/g, "");
}

/** Makes `_sysconfigdata` compute the prefix from its own path, so that it is right in any folder. */
function sysconfigData(text: string, _python: Relocated, root: RegExp): string {
  return `${cleanFlags(text).replace(root, "@prefix@")}
# Relocated by Posy: the prefix is computed from the path of this file.
def _relocate():
    from os.path import abspath, dirname
    prefix = dirname(dirname(dirname(abspath(__file__))))
    for name, value in build_time_vars.items():
        if isinstance(value, str) and '@prefix@' in value:
            build_time_vars[name] = value.replace('@prefix@', prefix)

_relocate()
del _relocate
`;
}

function makefile(text: string, _python: Relocated, root: RegExp): string {
  return text
    .replace(/^prefix=.*$/m, "prefix= $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../../..)")
    .replace(/(?: -s)? -Wl(?:,-rpath,(?:\\*\$+ORIGIN|@loader_path)[^\s,]*)+/g, "")
    .replace(root, "$(prefix)");
}

/** PEP 739: a relative `base_prefix` is relative to the file, all other paths are relative to the prefix. */
function buildDetails(text: string, { paths }: Relocated, root: RegExp): string {
  const details = JSON.parse(text.replace(new RegExp(`(?:${root.source})/?`, "g"), "")) as {
    base_prefix: string;
    libpython?: Record<string, unknown>;
  };
  details.base_prefix = paths.stdlib.split("/").fill("..").join("/");
  // The pybi contains neither file.
  delete details.libpython?.["static"];
  delete details.libpython?.["dynamic_stableabi"];
  return `${JSON.stringify(details, undefined, 2)}\n`;
}

/** Replaces the builder's interpreter in a script's `#!` line with a head that both sh and Python can read. */
function scriptHead(text: string, { paths }: Relocated): string {
  const python = paths.stdlib.slice(paths.stdlib.lastIndexOf("/") + 1);
  return text.replace(
    /^#![^\n]*[/ ](?:python|pypy)[\d.]*[a-z]?\n/,
    () => `#!/bin/sh\n'''exec' "$(dirname -- "$(realpath -- "$0")")/${python}" "$0" "$@"\n' '''\n`,
  );
}
