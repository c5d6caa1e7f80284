import type { Interpreter } from "../../model/index.ts";

/** The path of a catalogue archive's member in the pybi tree. */
interface TreePath {
  readonly path: string;
  readonly executable: boolean;
}

/** Maps a member, relative to the archive's tree, to its path in the pybi; undefined if it is left out. */
export type Layout = (path: string) => TreePath | undefined;

/**
 * Returns the folder of a jar that contains the tree, `org/bytedeco/cpython/<classifier>/`. It follows from the package
 * URL: each dot of its namespace separates folders in a jar.
 */
export function jarRoot(purl: string): string {
  const match = /^pkg:maven\/([^/]+)\/([^@]+)@[^?]+\?classifier=([A-Za-z0-9_-]+)$/.exec(purl);
  if (match === null) throw new Error(`\`${purl}\` is not the package URL of a catalogue archive`);
  const [, namespace = "", name = "", classifier = ""] = match;
  return `${namespace.replaceAll(".", "/")}/${name}/${classifier}/`;
}

export function jarLayout(interpreter: Interpreter): Layout {
  return interpreter.platform.startsWith("windows-") ? windowsLayout : unixLayout(interpreter.paths.stdlib);
}

/** CPython's tests in any folder, bytecode, and the example modules of the C API. */
const unwanted =
  /(^|\/)(test|tests|idle_test|__pycache__)\/|\.pyc$|(^|\/)(_test[a-z]|_ctypes_test|_xxtestfuzz|xxlimited|xxsubtype)[^/]*\.(so|pyd)$/;

/** Programs of the standard library that do not work without other parts that are left out. */
const unwantedParts = /^(idlelib|turtledemo|site-packages)\//;

function unixLayout(stdlib: string): Layout {
  const python = stdlib.slice("lib/".length); // python3.13
  const dynload = `${stdlib}/lib-dynload`;
  return (path) => {
    if (path === `bin/${python}`) return { path, executable: true };
    if (path === `bin/${python}-config` || path === `bin/pydoc${python.slice("python".length)}`) {
      return { path, executable: true };
    }
    // Each library goes to the folder that the `$ORIGIN` of its users leads to, so that no ELF file needs an edit.
    if (/^libpython\d[^/]*\.(so|dylib)[.\d]*$/.test(path)) return { path: `lib/${path}`, executable: true };
    if (/^libffi\.(so\.\d+|\d+\.dylib)$/.test(path)) return { path: `${dynload}/${path}`, executable: true };
    if (path.startsWith("include/")) return { path, executable: false };
    if (/^lib\/pkgconfig\/python[^/]*\.pc$/.test(path)) return { path, executable: false };
    if (!path.startsWith(`${stdlib}/`) || unwanted.test(path)) return undefined;
    const inside = path.slice(stdlib.length + 1);
    if (unwantedParts.test(inside) || inside.startsWith("_sysconfig_vars_")) return undefined;
    // These files serve to link Python into other programs. Without the static library only the Makefile is useful.
    if (inside.startsWith("config-") && !inside.endsWith("/Makefile")) return undefined;
    return { path, executable: path.endsWith(".so") };
  };
}

/** PEP 711's Windows layout: what starting Python needs is next to `python.exe`, extension modules are in `DLLs`. */
function windowsLayout(path: string): TreePath | undefined {
  const at = (target: string) => ({ path: target, executable: /\.(exe|dll|pyd)$/.test(target) });
  if (/^bin\/pythonw?\.exe$/.test(path)) return at(`Scripts/${path.slice("bin/".length)}`);
  if (/^python\d+\.dll$/.test(path)) return at(`Scripts/${path}`);
  if (path.startsWith("include/")) return at(`Include/${path.slice("include/".length)}`);
  if (path.startsWith("libs/")) return at(path);
  if (!path.startsWith("lib/") || unwanted.test(path)) return undefined;
  const inside = path.slice("lib/".length);
  if (/^vcruntime[^/]*\.dll$/.test(inside)) return at(`Scripts/${inside}`);
  // Tcl does not work without its scripts, which the archive lacks.
  if (/^(_tkinter\.pyd|tcl\d+t\.dll|tk\d+t\.dll|zlib1\.dll)$/.test(inside)) return undefined;
  if (inside === "pyshellext.dll" || /^pip(-[^/]*)?\//.test(inside) || unwantedParts.test(inside))
    return undefined;
  return at(/^[^/]*\.(pyd|dll)$/.test(inside) ? `DLLs/${inside}` : `Lib/${inside}`);
}

/** Returns links for the other names of an interpreter: link → target, relative to the folder of the link. */
export function jarLinks(interpreter: Interpreter): Readonly<Record<string, string>> {
  if (interpreter.platform.startsWith("windows-")) return {};
  const python = interpreter.paths.stdlib.slice("lib/".length);
  const number = python.slice("python".length);
  return {
    "bin/python": python,
    "bin/python3": python,
    "bin/python3-config": `${python}-config`,
    "bin/pydoc3": `pydoc${number}`,
    // The linker looks for this name when it is given `-lpython3.13`.
    ...(interpreter.platform.startsWith("linux-") ? { [`lib/lib${python}.so`]: `lib${python}.so.1.0` } : {}),
  };
}
