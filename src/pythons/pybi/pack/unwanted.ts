/** Kinds of files that are left out by default, but can be kept. */
export const keepable = ["tests", "bytecode", "static", "debug"] as const;

export type Keepable = (typeof keepable)[number];

/** Why a file is left out. `foreign` files belong to a package, the Linux distribution or the user, not to Python. */
export type DropReason = Keepable | "leftovers" | "foreign";

/** Regular expressions for paths relative to the standard library. The first that matches counts. */
const rules: readonly (readonly [DropReason, RegExp])[] = [
  ["foreign", /^(site|dist)-packages\//],
  // Debian's files move installations to `/usr/local`, and tell pip that Debian's packages should be used.
  ["foreign", /^(sitecustomize\.py|usercustomize\.py|EXTERNALLY-MANAGED|_distutils_system_mod\.py)$/],
  ["bytecode", /(^|\/)__pycache__\/|\.py[co]$/],
  [
    "tests",
    /(^|\/)(test|tests|idle_test)\/|(^|\/)(_test[a-z]|_ctypes_test|_xxtestfuzz|xxlimited|xxsubtype)[^/]*\.so$/,
  ],
  ["leftovers", /^(idlelib|turtledemo|lib-tk\/Demo)\/|^_sysconfig_vars_[^/]*\.json$/],
  ["static", /\.[ao]$/],
  // These files serve to link Python into other programs. Without the static library only the Makefile is useful.
  ["static", /^config(-[^/]*)?\/(?!Makefile$|python-config\.py$)/],
];

/** Returns why a file of the standard library is left out; undefined if it is packed. */
export function dropReason(path: string, keep: ReadonlySet<Keepable>): DropReason | undefined {
  const reason = rules.find(([, pattern]) => pattern.test(path))?.[0];
  return reason !== undefined && (keep as ReadonlySet<string>).has(reason) ? undefined : reason;
}
