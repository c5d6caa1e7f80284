import { relocate, type Relocated } from "../../extract/index.ts";
import { withUsualLayout } from "./debian-layout.ts";
import type { PrefixAnswer } from "./probe-prefix.ts";

/**
 * Removes the paths of the packing machine from a text file of the tree. First it removes what only installed Pythons
 * have: run paths into the prefix, folders of build machines, Debian's names of compilers and its installation layout.
 * Then it does what `relocate` does for archives. Returns the same bytes if there is nothing to do.
 */
export function relocatePacked(
  path: string,
  bytes: Uint8Array,
  answer: PrefixAnswer,
  python: Relocated,
): Uint8Array {
  const { stdlib } = python.paths;
  if (path === `${stdlib}/sysconfig.py` || path === `${stdlib}/sysconfig/__init__.py`)
    return withUsualLayout(bytes);
  if (path === `${stdlib}/tkinter/__init__.py` || path === `${stdlib}/lib-tk/Tkinter.py`) {
    return withTclScripts(bytes, answer);
  }
  if (path.endsWith("/python-config.py")) return withGenericShebang(bytes);
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

/** Replaces the absolute `#!` line of a script that other programs import or start with a Python of their choice. */
function withGenericShebang(bytes: Uint8Array): Uint8Array {
  return Buffer.from(latin1(bytes).replace(/^#![^\n]*\n/, "#!/usr/bin/env python3\n"), "latin1");
}

const never = /(?!)/g;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function cleaned(text: string, { prefix, roots, multiarch }: PrefixAnswer, stdlib: string): string {
  const prefixes = roots.map(escape).join("|");
  let result = text
    .replace(new RegExp(` ?-Wl,(?:-rpath|-R)[,=](?:${prefixes})[^\\s'",]*`, "g"), "")
    // Programs that link with libpython give its folder themselves. A prefix with spaces would break these options.
    .replace(new RegExp(` ?-[LI](?:${prefixes})/(?:lib|include)(?=[\\s'"]|$)`, "gm"), "")
    .replace(/ ?-f(?:file|debug|macro|profile)-prefix-map=[^\s'"]+/g, "")
    .replace(
      /\b\w+-linux-(?:gnu|musl)\w*-(gcc|g\+\+|clang|clang\+\+|ld|ar|ranlib|nm|strip|objdump|readelf|gcc-ar|gcc-nm|gcc-ranlib)(?:-\d+)?(?=[\s'"]|$)/gm,
      "$1",
    )
    .replace(/(['"]|= *)gcc-(ar|nm|ranlib)(?=[\s'"]|$)/gm, "$1$2")
    // A pybi has PyPy's shared library in `lib/`, not beside the program.
    .replace(/^( +build_time_vars\['LIBDIR'\] = os\.path\.join\(mybase, )'bin'\)$/m, "$1'lib')")
    .replace(/('WHEEL_PKG_DIR': )'[^']+'/, `$1'${prefix}/${stdlib}/ensurepip/_bundled'`);
  // Debian has a folder of libraries per architecture. A pybi has only `lib`.
  if (multiarch !== "")
    result = result.replaceAll(new RegExp(`/lib/${multiarch}(?=['"\\s/]|$)`, "gm"), "/lib");
  return result;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** Returns a pattern for the folders that Python was built in and for. Of `/usr`, it matches only Python's paths. */
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

/**
 * Adds code to `tkinter` that finds the scripts of Tcl. Tcl looks for them beside the program, which in an Env is a
 * link to another folder.
 */
function withTclScripts(bytes: Uint8Array, { tcl }: PrefixAnswer): Uint8Array {
  const version = /\d+\.\d+$/.exec(tcl)?.[0];
  if (version === undefined) return bytes;
  const [major = "", minor = ""] = version.split(".");
  const text = `
# Relocated by Posy: the scripts of Tcl and Tk are in this folder's tree. Debian has Tcl's modules inside, others beside.
def _find_scripts():
    import os
    lib = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    modules = [os.path.join(lib, "tcl${version}", "tcl${major}")]
    modules += [os.path.join(lib, "tcl${major}", "${major}.%d" % minor) for minor in range(${minor}, -1, -1)]
    for name, folders in (
        ("TCL_LIBRARY", [os.path.join(lib, "tcl${version}")]),
        ("TK_LIBRARY", [os.path.join(lib, "tk${version}")]),
        ("TCL${major}_${minor}_TM_PATH", modules),
    ):
        there = [folder for folder in folders if os.path.isdir(folder)]
        if there:
            os.environ.setdefault(name, os.pathsep.join(there))

_find_scripts()
del _find_scripts
`;
  return Buffer.concat([bytes, Buffer.from(text)]);
}
