import { relocate, type Relocated } from "../place/relocate.ts";
import type { PrefixAnswer } from "./probe-prefix.ts";

/**
 * Takes the packing machine out of a text file of the tree: what `relocate` does for archives, after what only installed
 * Pythons have is out: run paths into their prefix, folders of build machines, Debian's names of compilers and its own
 * installation layout. Returns the bytes themselves where there is nothing to do.
 */
export function relocatePacked(
  path: string,
  bytes: Uint8Array,
  answer: PrefixAnswer,
  python: Relocated,
): Uint8Array {
  const { stdlib } = python.paths;
  if (path === `${stdlib}/sysconfig.py` || path === `${stdlib}/sysconfig/__init__.py`) return undebian(bytes);
  const isConfiguration =
    /\/(_sysconfigdata[^/]*\.py|Makefile)$|^lib\/pkgconfig\/|\/build-details\.json$|-config$/.test(path);
  if (!isConfiguration) return relocate(path, bytes, python, never);
  return relocate(
    path,
    Buffer.from(cleaned(latin1(bytes), answer, stdlib), "latin1"),
    python,
    rootsOf(answer),
  );
}

const never = /(?!)/g;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function cleaned(text: string, { prefix, roots, multiarch }: PrefixAnswer, stdlib: string): string {
  const prefixes = roots.map(escape).join("|");
  let result = text
    .replace(new RegExp(` ?-Wl,(?:-rpath|-R)[,=](?:${prefixes})[^\\s'",]*`, "g"), "")
    // Whoever links against libpython says where it is; in a path with spaces these would be several words.
    .replace(new RegExp(` ?-[LI](?:${prefixes})/(?:lib|include)(?=[\\s'"]|$)`, "gm"), "")
    .replace(/ ?-f(?:file|debug|macro|profile)-prefix-map=[^\s'"]+/g, "")
    .replace(
      /\b\w+-linux-(?:gnu|musl)\w*-(gcc|g\+\+|clang|clang\+\+|ld|ar|ranlib|nm|strip|objdump|readelf|gcc-ar|gcc-nm|gcc-ranlib)(?:-\d+)?(?=[\s'"]|$)/gm,
      "$1",
    )
    .replace(/(['"]|= *)gcc-(ar|nm|ranlib)(?=[\s'"]|$)/gm, "$1$2")
    .replace(/('WHEEL_PKG_DIR': )'[^']+'/, `$1'${prefix}/${stdlib}/ensurepip/_bundled'`);
  // Debian's folder of libraries for one architecture: in the tree there is one.
  if (multiarch !== "")
    result = result.replaceAll(new RegExp(`/lib/${multiarch}(?=['"\\s/]|$)`, "gm"), "/lib");
  return result;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** The folders that it was built in and for. Of `/usr`, which is everybody's, only what is Python's. */
function rootsOf({ roots }: PrefixAnswer): RegExp {
  const patterns = roots
    .toSorted((a, b) => b.length - a.length)
    .map((root) =>
      root === "/usr"
        ? String.raw`(?<![\w/.-])/usr(?=['"\s]|$|/(?:bin|lib|include|share|share/man)(?:['"\s]|$)|/(?:lib|include|bin)/(?:python|pypy|pkgconfig))`
        : `${escape(root)}(?![\\w.-])`,
    );
  return new RegExp(patterns.join("|") || "(?!)", "gm");
}

/** Debian's Pythons install to `/usr/local` unless told otherwise: this one is itself where it lies. */
function undebian(bytes: Uint8Array): Uint8Array {
  const text = latin1(bytes);
  if (!text.includes("'deb_system'")) return bytes;
  return Buffer.from(
    text.replace(/((?:prefix_scheme = |return )')posix_local'/g, "$1posix_prefix'"),
    "latin1",
  );
}

/**
 * Debian's `site` looks into `dist-packages` only, and is part of the program from 3.11 on, where nothing can be changed:
 * a file there makes it look into `site-packages` too. Undefined for every other Python.
 */
export function sitePackagesFile(
  sysconfig: Uint8Array | undefined,
): { path: string; text: string } | undefined {
  if (sysconfig === undefined || !latin1(sysconfig).includes("'deb_system'")) return undefined;
  return {
    path: "lib/python3/dist-packages/site-packages.pth",
    text: 'import os, site; site.addsitedir(os.path.join(os.path.dirname(os.__file__), "site-packages"))\n',
  };
}
