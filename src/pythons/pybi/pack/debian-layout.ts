/**
 * Debian's Pythons install packages to `/usr/local` by default, and look for packages in `dist-packages`. A packed
 * Python must use its own `site-packages`. `sysconfig` can be changed for that. `site` can't: from 3.11 on it is frozen
 * into the executable.
 */

/** Whether `sysconfig`, the source of the module, is Debian's. */
export function isDebian(sysconfig: Uint8Array | undefined): boolean {
  return sysconfig !== undefined && latin1(sysconfig).includes("'deb_system'");
}

/**
 * Returns the name of the folder in `lib/` that has `site-packages`. `python` is the name of the standard library's
 * folder. In a virtual environment, Debian's `site` only looks in a folder without the `t` of a free-threaded build.
 */
export function packagesFolder(python: string, debian: boolean): string {
  return debian ? python.replace(/^(python[\d.]+)t$/, "$1") : python;
}

/** Gives Debian's `sysconfig` the usual installation layout. Returns other sources unchanged. */
export function withUsualLayout(bytes: Uint8Array): Uint8Array {
  if (!isDebian(bytes)) return bytes;
  const text = latin1(bytes)
    .replace(/((?:prefix_scheme = |return )')posix_local'/g, "$1posix_prefix'")
    .replace(/('\{(?:base|platbase)\}[^'\n]*)\{abi_thread\}(?=\/site-packages')/g, "$1");
  return Buffer.from(text, "latin1");
}

/** Returns a `.pth` file that makes Debian's `site` use `site-packages`. `folder` is its parent's name in `lib/`. */
export function sitePackagesFile(folder: string): { readonly path: string; readonly text: string } {
  const segments = `os.path.dirname(os.path.dirname(os.__file__)), "${folder}", "site-packages"`;
  return {
    path: "lib/python3/dist-packages/site-packages.pth",
    text: `import os, site; site.addsitedir(os.path.join(${segments}))\n`,
  };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
