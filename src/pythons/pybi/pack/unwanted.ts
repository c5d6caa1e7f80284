/** What can be kept that is left out by default. */
export const keepable = ["tests", "bytecode", "static", "debug"] as const;

export type Keepable = (typeof keepable)[number];

/** Why a file is left out. `foreign`: a package's, a distribution's or a person's, not Python's. */
export type DropReason = Keepable | "leftovers" | "foreign";

/** Regular expressions over paths relative to the standard library, the first that fits counts. */
const rules: readonly (readonly [DropReason, RegExp])[] = [
  ["foreign", /^(site|dist)-packages\//],
  // Debian's: what moves installations to `/usr/local`, and says that its packages are to be used instead.
  ["foreign", /^(sitecustomize\.py|usercustomize\.py|EXTERNALLY-MANAGED|_distutils_system_mod\.py)$/],
  ["bytecode", /(^|\/)__pycache__\/|\.py[co]$/],
  [
    "tests",
    /(^|\/)(test|tests|idle_test)\/|(^|\/)(_test[a-z]|_ctypes_test|_xxtestfuzz|xxlimited|xxsubtype)[^/]*\.so$/,
  ],
  ["leftovers", /^(idlelib|turtledemo|lib-tk\/Demo)\/|^_sysconfig_vars_[^/]*\.json$/],
  ["static", /\.[ao]$/],
  // To link Python into other programs takes the static library; without it the Makefile alone is of use.
  ["static", /^config(-[^/]*)?\/(?!Makefile$|python-config\.py$)/],
];

/** Why a file of the standard library is left out; undefined where it stays. */
export function dropReason(path: string, keep: ReadonlySet<Keepable>): DropReason | undefined {
  const reason = rules.find(([, pattern]) => pattern.test(path))?.[0];
  return reason !== undefined && (keep as ReadonlySet<string>).has(reason) ? undefined : reason;
}
