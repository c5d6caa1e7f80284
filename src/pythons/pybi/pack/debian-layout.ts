/**
 * Debian's Pythons install to `/usr/local` unless told otherwise, and look for packages in `dist-packages`. A packed one
 * is itself where it lies. What can be changed is `sysconfig`; `site` is a part of the program from 3.11 on.
 */

/** Whether a `sysconfig` module (its source) is Debian's. */
export function isDebian(sysconfig: Uint8Array | undefined): boolean {
  return sysconfig !== undefined && latin1(sysconfig).includes("'deb_system'");
}

/**
 * The name of the folder in `lib/` that has `site-packages`, for a standard library called `python`. In a virtual
 * environment Debian's `site` looks below a name without the `t` of a free-threaded build, and nowhere else.
 */
export function packagesFolder(python: string, debian: boolean): string {
  return debian ? python.replace(/^(python[\d.]+)t$/, "$1") : python;
}

/** Debian's `sysconfig` with the installation layout that everybody else has; another's as it is. */
export function undebian(bytes: Uint8Array): Uint8Array {
  if (!isDebian(bytes)) return bytes;
  const text = latin1(bytes)
    .replace(/((?:prefix_scheme = |return )')posix_local'/g, "$1posix_prefix'")
    .replace(/('\{(?:base|platbase)\}[^'\n]*)\{abi_thread\}(?=\/site-packages')/g, "$1");
  return Buffer.from(text, "latin1");
}

/** The file that makes Debian's `site` look into the folder with `site-packages`, given by its name in `lib/`. */
export function sitePackagesFile(folder: string): { readonly path: string; readonly text: string } {
  const place = `os.path.dirname(os.path.dirname(os.__file__)), "${folder}", "site-packages"`;
  return {
    path: "lib/python3/dist-packages/site-packages.pth",
    text: `import os, site; site.addsitedir(os.path.join(${place}))\n`,
  };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
